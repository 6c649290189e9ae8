using System.Text.Json;
using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>
/// What a stopped signer has on disk, as <see cref="Duty.Claim"/> lines: the records of slashing protection, and the granted audit entries.
/// </summary>
internal sealed record Evidence(IReadOnlySet<string> Records, IReadOnlySet<string> Entries)
{
    private const int PageLength = 1000;

    public static async Task<Evidence> ReadAsync(string data, SoftToken token)
    {
        var file = data + ".history.json";
        (await SignerProcess.RunAsync(token, "slashing", "export", "--data", data, "--force", file)).Succeeded();
        using var history = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        return new Evidence(RecordsOf(history.RootElement).ToHashSet(), await EntriesAsync(Path.Combine(data, "ledger.sqlite")));
    }

    private static IEnumerable<string> RecordsOf(JsonElement history) =>
        history
            .GetProperty("data")
            .EnumerateArray()
            .SelectMany(validator =>
                validator
                    .GetProperty("signed_blocks")
                    .EnumerateArray()
                    .Select(block => Duty.BlockClaim(Text(validator, "pubkey"), Text(block, "slot"), Text(block, "signing_root")))
                    .Concat(
                        validator
                            .GetProperty("signed_attestations")
                            .EnumerateArray()
                            .Select(vote =>
                                Duty.VoteClaim(
                                    Text(validator, "pubkey"),
                                    Text(vote, "source_epoch"),
                                    Text(vote, "target_epoch"),
                                    Text(vote, "signing_root")
                                )
                            )
                    )
            );

    private static async Task<IReadOnlySet<string>> EntriesAsync(string file)
    {
        var claims = new HashSet<string>();
        await using var ledger = Ledger.Open(file);
        var log = await AuditLog.OpenAsync(ledger, TimeProvider.System);
        for (long last = 0; await log.ReadAsync(last, PageLength) is { Count: > 0 } page; last = page[^1].Sequence)
        {
            foreach (var record in page)
            {
                using var entry = JsonDocument.Parse(record.Entry);
                if (Claim(entry.RootElement) is { } claim)
                {
                    claims.Add(claim);
                }
            }
        }

        return claims;
    }

    private static string? Claim(JsonElement entry) =>
        (Text(entry, "action"), Text(entry, "decision"), Text(entry, "duty")) switch
        {
            ("sign", "granted", "Block") => Duty.BlockClaim(Text(entry, "share"), Text(entry, "slot"), Text(entry, "root")),
            ("sign", "granted", "Attestation") => Duty.VoteClaim(
                Text(entry, "share"),
                Text(entry, "source"),
                Text(entry, "target"),
                Text(entry, "root")
            ),
            _ => null,
        };

    private static string Text(JsonElement parent, string member) => parent.TryGetProperty(member, out var value) ? value.ToString() : "";
}
