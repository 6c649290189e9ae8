using RemoteSigner.Administration;
using RemoteSigner.Administration.Freshness;
using RemoteSigner.Freshness;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Freshness;

/// <summary>
/// A data directory that ran once and was stopped, two witnesses of which the first is its own, and an act that ends at a step of them.
/// </summary>
internal sealed class WitnessActScene : IAsyncDisposable
{
    private readonly SharedDirectory _directory;
    private readonly ModelWitness[] _witnesses;
    private readonly bool _dies;
    private readonly List<ulong> _signed = [];
    private readonly List<string> _copies = [];
    private int _stepsLeft = -1;
    private int _root;

    private WitnessActScene(SharedDirectory directory, ModelWitness[] witnesses, bool dies) =>
        (_directory, _witnesses, _dies) = (directory, witnesses, dies);

    public ModelWitness First => _witnesses[0];

    public ModelWitness Second => _witnesses[1];

    public bool WasInterrupted { get; private set; }

    /// <summary>Is the signer started after the interruption, whatever signer.json may say is its witness?</summary>
    private bool StartsBetween { get; init; }

    private int Steps { get; init; }

    public static async Task<WitnessActScene> CreateAsync(WitnessKind kind, int steps, bool dies, bool startsBetween)
    {
        ModelWitness[] witnesses = [new(new ModelMemory(kind)), new(new ModelMemory(kind) { Identity = "model 2" })];
        var scene = new WitnessActScene(await SharedDirectory.CreateAsync(_ => witnesses[0]), witnesses, dies)
        {
            Steps = steps,
            StartsBetween = startsBetween,
        };
        foreach (var witness in witnesses)
        {
            witness.Step = scene.Step;
        }

        await using var run = await scene.OpenAsync(scene.First);
        Assert.IsType<StartDecision.Serve>(await run.StartAsync());
        Assert.True(await run.VoteAsync(1, 2, 1));
        await run.StopAsync();
        return scene;
    }

    /// <summary>A copy that is put back later.</summary>
    public string Copy()
    {
        _copies.Add(_directory.Copy());
        return _copies[^1];
    }

    /// <summary>Puts a copy of the ledger in its place.</summary>
    public Task PutBackAsync(string copy)
    {
        var folder = Path.GetDirectoryName(_directory.Ledger)!;
        Directory.EnumerateFiles(folder, "ledger.sqlite*").ToList().ForEach(File.Delete);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(copy)!))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Task.CompletedTask;
    }

    /// <summary>From here on the directory is one from before there was a fence.</summary>
    public async Task ForgetWitnessAsync()
    {
        await using var run = await OpenAsync(First);
        await run.Slashing.ForgetStartAsync((_, _) => 1);
        _witnesses[0] = new ModelWitness(new ModelMemory(First.Memory.Kind) { Identity = "model 3" }) { Step = Step };
    }

    /// <summary>Does the act as the console does, up to the step at which it ends.</summary>
    public async Task InterruptAsync<T>(Func<Standing, AdminAct<T>> act)
    {
        await using (var run = await OpenAsync(First))
        {
            _stepsLeft = Steps;
            try
            {
                await run.DoAsync(act);
            }
            catch (Exception end) when (end is ProcessDiedException or WitnessException)
            {
                WasInterrupted = true;
            }
        }

        _stepsLeft = -1;
        _ = Copy();
        if (WasInterrupted && StartsBetween)
        {
            await VoteAsync(null);
            await VoteAsync(Second);
            await VoteAsync(First);
            await RequireHarmlessAsync();
        }
    }

    /// <summary>What a person does after an interruption: the same command again, and where it is refused what its hint says.</summary>
    public async Task RepeatAsync<T>(Func<Standing, AdminAct<T>> act)
    {
        for (var attempt = 0; WasInterrupted && attempt < 3; attempt++)
        {
            await using (var run = await OpenAsync(First))
            {
                try
                {
                    await run.DoAsync(act);
                    return;
                }
                catch (AdminException refused) when (refused.Code is "not_stopped" or "changed" or "enrolled") { }
            }

            await StartAndStopAsync();
        }

        Assert.False(WasInterrupted && !await SignsAsync(), "nobody gets this signer to sign again");
    }

    /// <summary>One start and one vote that no other one here agrees with; null for no witness. True when it was signed.</summary>
    public async Task<bool> VoteAsync(ModelWitness? witness, bool crashes = false)
    {
        await using var run = await OpenAsync(witness ?? First);
        if (await StartAsync(run, witness) is null or StartDecision.Refuse)
        {
            return false;
        }

        // The next epoch, or one past all floors that can be here.
        var signed = _signed.Count;
        var last = _signed.LastOrDefault(2UL);
        foreach (var target in (ulong[])[last + 1, last + 100])
        {
            if (await run.VoteAsync(target - 1, target, ++_root))
            {
                _signed.Add(target);
            }
        }

        if (!crashes)
        {
            await run.StopAsync();
        }

        return _signed.Count > signed;
    }

    public async Task RequireVoteAsync(ModelWitness? witness, bool crashes = false) =>
        Assert.True(await VoteAsync(witness, crashes), "it does not sign");

    /// <summary>Copies that are put back, beside each witness as it is now, sign nothing that contradicts what was signed.</summary>
    public async Task RequireHarmlessAsync()
    {
        foreach (var copy in _copies)
        {
            foreach (var witness in _witnesses)
            {
                await using var run = await _directory.OpenAsync(_directory.Copy(copy), new ModelWitness(witness.Memory.Copy()));
                if (await run.StartAsync() is not StartDecision.Refuse)
                {
                    // The directory fails where one of them contradicts what left before.
                    var votes = _directory.Votes;
                    foreach (var target in _signed.Append(_signed.LastOrDefault(2UL) + 100))
                    {
                        await run.VoteAsync(target - 1, target, ++_root);
                    }

                    _directory.Forget(votes);
                }
            }
        }
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    // A refusal is cleared, floors are waited for.
    private async Task StartAndStopAsync()
    {
        await using (var run = await OpenAsync(First))
        {
            var evidence = await First.Stand(_directory.Keys, run.Found, SharedDirectory.Network, _directory.Time).LookAsync();
            if (StartRules.Decide(evidence) is StartDecision.Refuse(var refusal))
            {
                await run.DoAsync(standing => new ClearRefusal(standing, refusal.Reason, new Epoch(60)));
            }
        }

        await VoteAsync(First);
    }

    private async Task<bool> SignsAsync() => await VoteAsync(First) || await VoteAsync(Second);

    private static async Task<StartDecision?> StartAsync(SharedDirectory.SharedRun run, ModelWitness? witness) =>
        witness is not null ? await run.StartAsync() : run.Fence.SwitchOff(run.Found.Ledger) ?? (StartDecision)new StartDecision.Serve();

    private Task<SharedDirectory.SharedRun> OpenAsync(ModelWitness witness) => _directory.OpenAsync(_directory.Ledger, witness);

    private void Step(string name)
    {
        if (_stepsLeft-- is not 0)
        {
            _stepsLeft = Math.Max(-1, _stepsLeft);
            return;
        }

        // The dead stay dead; a fault passes.
        _stepsLeft = _dies ? 0 : -1;
        throw _dies ? new ProcessDiedException() : ModelWitness.Fault();
    }
}
