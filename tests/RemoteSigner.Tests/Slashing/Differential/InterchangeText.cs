using System.Text;
using System.Text.Json;
using RemoteSigner.Oracle;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>Interchange files, and what the model takes them to say.</summary>
internal static class InterchangeText
{
    public static MemoryStream Write(IEnumerable<ModelLine> lines, Book book)
    {
        var entries = lines.Select(line =>
            $$"""
                {"pubkey":"{{Duties.PublicKey(line.Key)}}",
                "signed_blocks":[{{string.Join(
                    ',',
                    line.Told.Where(duty => duty.IsBlock).Select(duty => $$"""{"slot":"{{duty.Target}}"{{SigningRoot(duty, book)}}}""")
                )}}],
                "signed_attestations":[{{string.Join(
                    ',',
                    line.Told.Where(duty => !duty.IsBlock).Select(duty =>
                        $$"""{"source_epoch":"{{duty.Source}}","target_epoch":"{{duty.Target}}"{{SigningRoot(duty, book)}}}"""
                    )
                )}}]}
                """
        );
        return new MemoryStream(
            Encoding.UTF8.GetBytes(
                $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{TemporarySigner.Minimal.GenesisValidatorsRoot}}"},"data":[{{string.Join(',', entries)}}]}"""
            )
        );
    }

    public static List<ModelLine> Read(MemoryStream file, Book book)
    {
        using var json = JsonDocument.Parse(file.ToArray());
        return
        [
            .. json
                .RootElement.GetProperty("data")
                .EnumerateArray()
                .Select(entry => new ModelLine(
                    Convert.FromHexString(entry.GetProperty("pubkey").GetString()!.AsSpan(2))[1],
                    [
                        .. entry
                            .GetProperty("signed_blocks")
                            .EnumerateArray()
                            .Select(block => new ModelDuty(true, 0, Number(block, "slot"), RootOf(block, book))),
                        .. entry
                            .GetProperty("signed_attestations")
                            .EnumerateArray()
                            .Select(vote => new ModelDuty(
                                false,
                                Number(vote, "source_epoch"),
                                Number(vote, "target_epoch"),
                                RootOf(vote, book)
                            )),
                    ]
                )),
        ];
    }

    /// <summary>As the model has it: each key once.</summary>
    public static List<ModelLine> Gather(IEnumerable<ModelLine> lines) =>
        [.. lines.GroupBy(line => line.Key).Select(one => new ModelLine(one.Key, [.. one.SelectMany(line => line.Told)]))];

    private static string SigningRoot(ModelDuty duty, Book book) =>
        duty.Root is { } root ? $",\"signing_root\":\"{book.RootOf(root)}\"" : "";

    private static long Number(JsonElement record, string name) =>
        long.Parse(record.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private static int? RootOf(JsonElement record, Book book) =>
        record.TryGetProperty("signing_root", out var root)
            ? book.NumberOf(new Root(Convert.FromHexString(root.GetString()!.AsSpan(2))))
            : null;
}
