using System.Diagnostics;
using System.Globalization;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>How long an interchange file of many validators takes to come in: EIP-3076, complete, with signing roots.</summary>
internal static class InterchangeAtScale
{
    private const int Votes = 100;

    public static async Task MeasureAsync(Bench bench)
    {
        var validators = bench.Of(10_000, 500);
        var home = await bench.EmptyHomeAsync("interchange");
        var file = bench.NewFolder("interchange.json");
        await WriteAsync(file, validators, bench.Network.GenesisValidatorsRoot!.Value.ToString());
        var started = Stopwatch.GetTimestamp();
        (await SignerProcess.RunAsync(bench.Token, "slashing", "import", file, "--data", home.Data)).Succeeded();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        bench.Report.Add(
            "interchangeImportSeconds",
            seconds,
            "≤ 5",
            $"{validators} validators with {Votes} votes each, "
                + $"{new FileInfo(file).Length >> 20} MiB of JSON; {home.LedgerBytes >> 20} MiB of ledger"
        );
        File.Delete(file);
    }

    private static async Task WriteAsync(string file, int validators, string chain)
    {
        await using var text = new StreamWriter(file);
        await text.WriteAsync($$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{chain}}"},"data":[""");
        for (var validator = 0; validator < validators; validator++)
        {
            await text.WriteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{{(validator == 0 ? "" : ",")}}{"pubkey":"0x8{{validator:x95}}","signed_blocks":[],"signed_attestations":["""
                )
            );
            for (var vote = 0; vote < Votes; vote++)
            {
                var target = 1000 + vote;
                await text.WriteAsync(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $$"""{{(vote == 0 ? "" : ",")}}{"source_epoch":"{{target - 1}}","target_epoch":"{{target}}","signing_root":"0x{{target:x64}}"}"""
                    )
                );
            }

            await text.WriteAsync("]}");
        }

        await text.WriteAsync("]}");
    }
}
