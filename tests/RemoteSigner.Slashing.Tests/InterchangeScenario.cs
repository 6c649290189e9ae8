using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing;

/// <summary>
/// One of the scenarios of eth-clients/slashing-protection-interchange-tests v5.3.0, read strictly by <c>should_succeed_complete</c>, but
/// for messages that only an import knows: a complete database may sign them again, a minimal one does not (<c>should_succeed</c>), and
/// neither does this one, because an import grants nothing. Its signing roots are made up, and of no message: each is taken for a label
/// here, and replaced by the root of the message that <see cref="Duties.Message"/> makes of it, in the file to be imported as in the
/// attempts.
/// </summary>
internal sealed record InterchangeScenario(string Name, Root GenesisValidatorsRoot, IReadOnlyList<InterchangeScenario.Step> Steps)
{
    public static IEnumerable<TheoryDataRow<string>> Files() =>
        Vectors.Files("eip3076-interchange").Where(row => !row.Data.EndsWith("schema.json", StringComparison.Ordinal));

    public static InterchangeScenario Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Vectors.Path(file)));
        var root = document.RootElement;
        var chain = Root.Parse(root.GetProperty("genesis_validators_root").GetString());
        return new InterchangeScenario(file, chain, [.. root.GetProperty("steps").EnumerateArray().Select(step => ReadStep(step, chain))]);
    }

    private static Step ReadStep(JsonElement step, Root chain)
    {
        var told = step.GetProperty("interchange")
            .GetProperty("data")
            .EnumerateArray()
            .SelectMany(validator =>
                validator
                    .GetProperty("signed_blocks")
                    .EnumerateArray()
                    .Select(block => (Number(block, "slot"), RootOf(block)))
                    .Concat(
                        validator
                            .GetProperty("signed_attestations")
                            .EnumerateArray()
                            .Select(vote => (Number(vote, "target_epoch"), RootOf(vote)))
                    )
                    .Select(message => (validator.GetProperty("pubkey").GetString(), message.Item1, message.Item2))
            )
            .ToHashSet();
        return new(
            step.GetProperty("should_succeed").GetBoolean(),
            WithRealRoots(step.GetProperty("interchange"), chain),
            [
                .. step.GetProperty("blocks")
                    .EnumerateArray()
                    .Select(block =>
                        ReadAttempt(
                            block,
                            Duties.Block(Number(block, "slot")),
                            told.Contains((block.GetProperty("pubkey").GetString(), Number(block, "slot"), RootOf(block)))
                        )
                    ),
                .. step.GetProperty("attestations")
                    .EnumerateArray()
                    .Select(vote =>
                        ReadAttempt(
                            vote,
                            Duties.Vote(Number(vote, "source_epoch"), Number(vote, "target_epoch")),
                            told.Contains((vote.GetProperty("pubkey").GetString(), Number(vote, "target_epoch"), RootOf(vote)))
                        )
                    ),
            ]
        );
    }

    private static string? RootOf(JsonElement message) => message.TryGetProperty("signing_root", out var root) ? root.GetString() : null;

    private static byte[] WithRealRoots(JsonElement interchange, Root chain)
    {
        var file = JsonNode.Parse(interchange.GetRawText())!;
        foreach (var validator in file["data"]!.AsArray())
        {
            Replace(validator!["signed_blocks"]!, block => Duties.Block(Number(block, "slot")), chain);
            Replace(
                validator["signed_attestations"]!,
                vote => Duties.Vote(Number(vote, "source_epoch"), Number(vote, "target_epoch")),
                chain
            );
        }

        return Encoding.UTF8.GetBytes(file.ToJsonString());
    }

    private static void Replace(JsonNode records, Func<JsonElement, SlashableContent> read, Root chain)
    {
        foreach (var record in records.AsArray().Where(record => record!["signing_root"] is not null))
        {
            var content = read(JsonSerializer.SerializeToElement(record));
            record!["signing_root"] = Duties.Message(content, Root.Parse((string)record["signing_root"]!), chain).SigningRoot.ToString();
        }
    }

    private static Attempt ReadAttempt(JsonElement attempt, SlashableContent content, bool told) =>
        new(
            BlsPublicKey.Parse(attempt.GetProperty("pubkey").GetString()),
            content,
            attempt.TryGetProperty("signing_root", out var root) ? Root.Parse(root.GetString()) : default,
            attempt.GetProperty(told ? "should_succeed" : "should_succeed_complete").GetBoolean()
        );

    private static ulong Number(JsonElement element, string member) =>
        ulong.Parse(element.GetProperty(member).GetString()!, CultureInfo.InvariantCulture);

    internal sealed record Step(bool ShouldSucceed, byte[] Interchange, IReadOnlyList<Attempt> Attempts);

    internal sealed record Attempt(BlsPublicKey Key, SlashableContent Content, Root Root, bool ShouldSucceed);
}
