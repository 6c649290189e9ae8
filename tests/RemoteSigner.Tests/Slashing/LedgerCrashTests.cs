using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing;

[Trait("Speed", "slow")]
public sealed class LedgerCrashTests
{
    private const int Rounds = 20;

    /// <summary>
    /// A child signs under load (tests/RemoteSigner.LedgerLoad) and is killed at a random moment, again and again on the same ledger.
    /// </summary>
    [Fact]
    public async Task Every_grant_that_left_the_process_is_on_disk_after_it_was_killed()
    {
        var folder = Directory.CreateTempSubdirectory("crash-");
        var file = Path.Combine(folder.FullName, "ledger.db");
        var granted = new Dictionary<(int Validator, ulong Target), Root>();
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                var lines = await RunAndKillAsync(file, round * 100_000);
                foreach (var (validator, target, root) in lines)
                {
                    Assert.True(
                        granted.TryAdd((validator, target), root) || granted[(validator, target)] == root,
                        $"two roots for validator {validator}, target {target}"
                    );
                }

                await AssertRecordedAsync(file, lines);
            }

            Assert.InRange(granted.Count, Rounds, int.MaxValue);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task AssertRecordedAsync(string file, List<(int Validator, ulong Target, Root Root)> lines)
    {
        await using var ledger = Ledger.Open(file);
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(ledger));
        var missing = await ledger.WriteAsync(transaction =>
            lines.Count(line =>
            {
                var row = transaction
                    .Statement(
                        """
                        SELECT count(*) FROM recent_vote a JOIN public_key k USING (validator) WHERE k.key = ?1 AND target = ?2 AND root = ?3 AND a.evidence <= (SELECT max(seq) FROM audit)
                        """
                    )
                    .Bind(1, Share(line.Validator).Bytes)
                    .Bind(2, (long)line.Target)
                    .Bind(3, line.Root.Bytes);
                _ = row.Step();
                return row.Number(0) != 1;
            })
        );
        Assert.Equal(0, missing);
    }

    private static async Task<List<(int Validator, ulong Target, Root Root)>> RunAndKillAsync(string file, int epoch)
    {
        using var child = Process.Start(
            new ProcessStartInfo(
                Path.Combine(AppContext.BaseDirectory, "RemoteSigner.LedgerLoad"),
                ["crash", file, (epoch + 1).ToString(CultureInfo.InvariantCulture)]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        var lines = new List<(int Validator, ulong Target, Root Root)>();
        if (await child.StandardOutput.ReadLineAsync() is { } first)
        {
            lines.Add(Parse(first));
        }

        var kill = KillAsync(child);
        var rest = await child.StandardOutput.ReadToEndAsync();
        await kill;

        // The last line may have been cut by the kill.
        lines.AddRange(rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse));
        return lines;
    }

    private static async Task KillAsync(Process child)
    {
        await Task.Delay(TimeSpan.FromMicroseconds(RandomNumberGenerator.GetInt32(200_000)));
        child.Kill();
        await child.WaitForExitAsync();
    }

    private static (int Validator, ulong Target, Root Root) Parse(string line)
    {
        var parts = line.Split(' ');
        return (
            int.Parse(parts[0], CultureInfo.InvariantCulture),
            ulong.Parse(parts[1], CultureInfo.InvariantCulture),
            Root.Parse(parts[2])
        );
    }

    private static BlsPublicKey Share(int number)
    {
        var share = new byte[BlsPublicKey.Length];
        BitConverter.TryWriteBytes(share, number);
        return new BlsPublicKey(share);
    }
}
