using RemoteSigner.Administration;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// A data directory that ran once and was stopped, two anchors of which the first is its own, and an act that ends at a step of them.
/// </summary>
internal sealed class RollbackAnchorActScene : IAsyncDisposable
{
    private readonly SharedDirectory _directory;
    private readonly ModelRollbackAnchor[] _anchors;
    private readonly bool _dies;
    private readonly List<ulong> _signed = [];
    private readonly List<string> _copies = [];
    private int _stepsLeft = -1;
    private int _root;

    private RollbackAnchorActScene(SharedDirectory directory, ModelRollbackAnchor[] anchors, bool dies) =>
        (_directory, _anchors, _dies) = (directory, anchors, dies);

    public ModelRollbackAnchor First => _anchors[0];

    public ModelRollbackAnchor Second => _anchors[1];

    public bool WasInterrupted { get; private set; }

    /// <summary>Is the signer started after the interruption, whatever signer.json may say is its anchor?</summary>
    private bool StartsBetween { get; init; }

    private int Steps { get; init; }

    public static async Task<RollbackAnchorActScene> CreateAsync(RollbackAnchorKind kind, int steps, bool dies, bool startsBetween)
    {
        ModelRollbackAnchor[] anchors = [new(new ModelMemory(kind)), new(new ModelMemory(kind) { Identity = "model 2" })];
        var scene = new RollbackAnchorActScene(await SharedDirectory.CreateAsync(_ => anchors[0]), anchors, dies)
        {
            Steps = steps,
            StartsBetween = startsBetween,
        };
        foreach (var anchor in anchors)
        {
            anchor.Step = scene.Step;
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
    public async Task ForgetAnchorAsync()
    {
        await using var run = await OpenAsync(First);
        await run.Slashing.ForgetStartAsync((_, _) => 1);
        _anchors[0] = new ModelRollbackAnchor(new ModelMemory(First.Memory.Kind) { Identity = "model 3" }) { Step = Step };
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
            catch (Exception end) when (end is ProcessDiedException or RollbackAnchorException)
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

    /// <summary>One start and one vote that no other one here agrees with; null for no anchor. True when it was signed.</summary>
    public async Task<bool> VoteAsync(ModelRollbackAnchor? anchor, bool crashes = false)
    {
        await using var run = await OpenAsync(anchor ?? First);
        if (await StartAsync(run, anchor) is null or StartDecision.Refuse)
        {
            return false;
        }

        // The next epoch, or one past all low watermarks that can be here.
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

    public async Task RequireVoteAsync(ModelRollbackAnchor? anchor, bool crashes = false) =>
        Assert.True(await VoteAsync(anchor, crashes), "it does not sign");

    /// <summary>Copies that are put back, beside each anchor as it is now, sign nothing that contradicts what was signed.</summary>
    public async Task RequireHarmlessAsync()
    {
        foreach (var copy in _copies)
        {
            foreach (var anchor in _anchors)
            {
                await using var run = await _directory.OpenAsync(_directory.Copy(copy), new ModelRollbackAnchor(anchor.Memory.Copy()));
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

    // A refusal is cleared, low watermarks are waited for.
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

    private static async Task<StartDecision?> StartAsync(SharedDirectory.SharedRun run, ModelRollbackAnchor? anchor) =>
        anchor is not null ? await run.StartAsync() : run.Fence.SwitchOff(run.Found.Ledger) ?? (StartDecision)new StartDecision.Serve();

    private Task<SharedDirectory.SharedRun> OpenAsync(ModelRollbackAnchor anchor) => _directory.OpenAsync(_directory.Ledger, anchor);

    private void Step(string name)
    {
        if (_stepsLeft-- is not 0)
        {
            _stepsLeft = Math.Max(-1, _stepsLeft);
            return;
        }

        // The dead stay dead; a fault passes.
        _stepsLeft = _dies ? 0 : -1;
        throw _dies ? new ProcessDiedException() : ModelRollbackAnchor.Fault();
    }
}
