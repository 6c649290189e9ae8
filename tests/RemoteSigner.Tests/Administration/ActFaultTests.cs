using System.Collections.Concurrent;
using RemoteSigner.Rig;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// Every act, and every fault: effect and audit entry are there together or not at all, and nobody is let sign two messages that conflict.
/// </summary>
[Trait("Speed", "slow")]
[Collection(SoftHsmCollection.Name)]
public sealed class ActFaultTests(SoftHsm softHsm) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpm-").FullName;
    private SoftwareTpm _software = null!;
    private ActStock _stock = null!;

    public async ValueTask InitializeAsync()
    {
        softHsm.Require();
        Assert.SkipUnless(
            SoftwareTpm.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true",
            "swtpm or tpm2-tools is not installed (apt-get install swtpm tpm2-tools)"
        );
        _software = await SoftwareTpm.StartAsync(_folder);
        _stock = await ActStock.MakeAsync(softHsm, _software);
    }

    [Fact]
    public async Task Whatever_befalls_an_act_its_effect_is_there_with_its_entry_or_not_at_all()
    {
        var rows = ActRows.All(_stock);
        Assert.Equal(ActRows.Cases.Select(type => type.Name).Order(), rows.Select(row => row.Type.Name).Distinct().Order());
        var counts = new ConcurrentDictionary<string, int>();
        var failures = new ConcurrentQueue<string>();

        await Parallel.ForEachAsync(rows.Where(row => !row.UsesTpm), TestContext.Current.CancellationToken, async (row, _) =>
            await RunAsync(row, counts, failures)
        );
        foreach (var row in rows.Where(row => row.UsesTpm))
        {
            await RunAsync(row, counts, failures);
        }

        using (var copies = new PutBackCopies(_stock))
        {
            await copies.RunAsync(rows);
            counts["old copies put back"] = copies.Count;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join('\n', counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}"))
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{counts.Values.Sum()} combinations of {rows.Count} acts and faults");
        TestContext.Current.SendDiagnosticMessage($"{counts.Values.Sum()} combinations of {rows.Count} acts and faults");
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        Assert.InRange(counts.Values.Sum(), 1000, int.MaxValue);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stock is not null)
        {
            await _stock.DisposeAsync();
        }

        if (_software is not null)
        {
            await _software.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync(ActRow row, ConcurrentDictionary<string, int> counts, ConcurrentQueue<string> failures)
    {
        using var faults = new ActFaults(_stock, row);
        using var second = new SecondSigner(_stock, row);
        try
        {
            await faults.RunAsync();
            if (row.Device is null)
            {
                await second.RunAsync();
            }
        }
        catch (Exception failure)
        {
            failures.Enqueue($"{row.Name}: {failure}");
        }

        counts[row.Name] = faults.Count + second.Count;
    }
}
