using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Audit;
using RemoteSigner.Host;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Sealing;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// The whole history of one data directory, and of a second one into which copies of its ledger are put, beside the same vault and with the
/// same anchor: runs, crashes, copies made and put back, and every signature that ever left.
/// </summary>
internal sealed class SignerHistory(FenceMutation mutation, RollbackAnchorKind kind) : IAsyncDisposable
{
    private const ulong FirstEpoch = 20;
    private const ulong SecondsPerSlot = 6;

    private static readonly Root _chain = Duties.Root(77);

    private static readonly Network _network = Network.Find("minimal")! with { GenesisValidatorsRoot = _chain, GenesisTime = 1_000_000 };

    private readonly VaultScene _scene = new();
    private readonly ModelMemory[] _hardware = [new(kind), new(kind)];
    private readonly FakeTimeProvider _time = new(
        DateTimeOffset.FromUnixTimeSeconds(1_000_000 + (long)(FirstEpoch * _network.SlotsPerEpoch * SecondsPerSlot))
    );
    private readonly Dictionary<BlsPublicKey, SlashingOracle> _signed = [];
    private readonly List<string> _copies = [];
    private List<BlsPublicKey> _keys = [];
    private readonly SignerLife?[] _lives = new SignerLife?[2];
    private ulong? _justified;
    private ulong _slot = FirstEpoch * _network.SlotsPerEpoch;
    private int _faults;
    private int _stepsLeft = -1;

    public int Signatures { get; private set; }

    public IReadOnlyList<BlsPublicKey> Keys => _keys;

    public FakeTimeProvider Time => _time;

    private string Folder(int place) =>
        place == 0 ? _scene.Folder : Directory.CreateDirectory(Path.Combine(_scene.Folder, "second")).FullName;

    private string LedgerFile(int place) => Path.Combine(Folder(place), "ledger.sqlite");

    public async Task BeginAsync(int keys)
    {
        var shares = await _scene.MakeAsync(keys);
        _keys = [.. shares.Select(share => share.ShareKey)];
        _keys.ForEach(key => _signed[key] = new SlashingOracle());
        using var vault = await _scene.OpenAsync();
        await using var ledger = Ledger.Create(LedgerFile(0));
        using var slashing = await SlashingProtection.OpenAsync(ledger, _network);
        await AuditLog.OpenAsync(ledger, _time);
        Assert.Null(await slashing.RegisterAllAsync([.. _keys.Select(key => new ProtectedKey(key, null))], DeclaredHistory.NeverSigned));
        var end = await LedgerSnapshot.EndAsync(ledger, slashing);
        using var fenceKeys = vault.DeriveFenceKeys();
        var standing = new ModelRollbackAnchor(_hardware[0]).Stand(fenceKeys, new ObservedState(vault.Anchor, null, end), _network, _time);
        await new EnrolAnchor(standing, new Epoch(0)).DoAsync(ledger, slashing, standing);
    }

    /// <summary>Does one act; a death on the way is a crash like any other.</summary>
    public async Task DoAsync(RollbackProtectionAct act)
    {
        try
        {
            await (
                act switch
                {
                    RollbackProtectionAct.Ask ask => AskAsync(ask),
                    RollbackProtectionAct.Pass(var slots) => PassAsync(slots),
                    RollbackProtectionAct.Skew(var slots) => SkewAsync(slots),
                    RollbackProtectionAct.Stall(var stalls) => Task.FromResult(
                        _justified = stalls ? _justified ?? ((_slot / _network.SlotsPerEpoch) - 1) : null
                    ),
                    RollbackProtectionAct.Copy(var place) => CopyAsync(place),
                    RollbackProtectionAct.PutBack putBack => PutBackAsync(putBack),
                    RollbackProtectionAct.StartBoth => StartBothAsync(),
                    RollbackProtectionAct.Kill(var place) => KillAsync(place),
                    RollbackProtectionAct.Stop(var place) => StopAsync(place),
                    RollbackProtectionAct.Clear(var place) => ClearAsync(place),
                    RollbackProtectionAct.ChangeVault => ChangeVaultAsync(),
                    RollbackProtectionAct.DieAfter(var steps) => Task.FromResult(_stepsLeft = steps),
                    RollbackProtectionAct.Fail(var times) => Task.FromResult(_faults = times),
                    _ => throw new System.Diagnostics.UnreachableException(),
                }
            );
        }
        catch (Exception death) when (death is ProcessDiedException or RollbackAnchorException)
        {
            await KillAsync(PlaceOf(act));
        }

        for (var place = 0; place < 2; place++)
        {
            if (_lives[place] is { Anchor.IsDead: true })
            {
                await KillAsync(place);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(0);
        await KillAsync(1);
        _scene.Dispose();
    }

    /// <summary>The run that is, or a new one.</summary>
    public async Task<SignerLife> LiveAsync() => (await LiveAsync(0))!;

    private static int PlaceOf(RollbackProtectionAct act) =>
        act switch
        {
            RollbackProtectionAct.Ask ask => ask.Place,
            RollbackProtectionAct.PutBack putBack => putBack.Place,
            RollbackProtectionAct.Copy(var place) => place,
            RollbackProtectionAct.Kill(var place) => place,
            RollbackProtectionAct.Stop(var place) => place,
            RollbackProtectionAct.Clear(var place) => place,
            _ => 0,
        };

    // Null where there is no data directory yet.
    private async Task<SignerLife?> LiveAsync(int place)
    {
        if (_lives[place] is null && File.Exists(LedgerFile(place)))
        {
            _lives[place] = await SignerLife.StartAsync(_scene, LedgerFile(place), _network, _time, Mortal(place), mutation);
        }

        return _lives[place];
    }

    /// <summary>One may die on its way, or refuse: that is what becomes of two at once.</summary>
    private async Task StartBothAsync()
    {
        await KillAsync(0);
        await KillAsync(1);
        Replace(1, Files(Folder(0)), _ => true);
        CopyRollbackAnchor();
        var starts = new[] { 0, 1 }.Select(place => Task.Run(() => LiveAsync(place)));
        try
        {
            await Task.WhenAll(starts);
        }
        catch (Exception death) when (death is ProcessDiedException or RollbackAnchorException)
        {
            // The other one goes on.
        }
    }

    // Faults and death that were announced befall whoever uses the hardware next.
    private MortalRollbackAnchor Mortal(int place)
    {
        var anchor = new MortalRollbackAnchor(_hardware[mutation == FenceMutation.AnchorOfItsOwn ? place : 0])
        {
            Faults = _faults,
            StepsLeft = _stepsLeft,
        };
        (_faults, _stepsLeft) = (0, -1);
        return anchor;
    }

    /// <summary>Two clients ask for two versions of one duty at once; when the process dies on the way no answer leaves.</summary>
    private async Task AskAsync(RollbackProtectionAct.Ask ask)
    {
        if (await LiveAsync(ask.Place) is not { } life)
        {
            return;
        }

        if (_stepsLeft >= 0)
        {
            (life.Anchor.StepsLeft, _stepsLeft) = (_stepsLeft, -1);
        }

        var key = _keys[ask.Key % _keys.Count];
        var duties = new[] { Duty(ask, ask.Root), Duty(ask, ask.Root + 1) };
        var other = _lives[1 - ask.Place] ?? life;
        var outcomes = await Task.WhenAll(
            duties.Zip([life, other], (duty, signer) => Task.Run(() => signer.SignAsync(key, Message(duty))))
        );
        if (ask.Dies || life.Anchor.IsDead)
        {
            // The other one's answer left.
            await KillAsync(ask.Place);
            outcomes = other == life ? [] : outcomes[1..];
            duties = duties[1..];
        }

        foreach (var (duty, outcome) in duties.Zip(outcomes))
        {
            if (outcome is SignOutcome.Signed)
            {
                Assert.False(_signed[key].IsSlashable(duty), $"{duty} was signed and is slashable");
                _signed[key].Sign(duty);
                Signatures++;
            }
        }
    }

    private SlashingOracle.Duty Duty(RollbackProtectionAct.Ask ask, int root)
    {
        var epoch = (long)(_slot / _network.SlotsPerEpoch);
        var target = (ulong)Math.Max(0, epoch + ask.Ahead);
        return ask.IsBlock
            ? new SlashingOracle.Duty(true, 0, (ulong)Math.Max(0, (long)_slot + (ask.Ahead * 3)), root)
            : new SlashingOracle.Duty(false, Math.Min(_justified ?? target, target - Math.Min(target, (ulong)ask.Span)), target, root);
    }

    /// <summary>A message of that duty, from this slot of the chain.</summary>
    public SignableMessage Message(SlashingOracle.Duty duty)
    {
        var (fork, root) = (new ForkInfo(default, default, new Epoch(0), _chain), Duties.Root(duty.Root));
        return duty.IsBlock
            ? new Block(new Slot(duty.Target), 0, root, root, new BlockBody.RootOnly(root), fork)
            : new Attestation(
                new AttestationData(
                    new Slot(Math.Min(_slot, duty.Target * _network.SlotsPerEpoch)),
                    0,
                    root,
                    new Checkpoint(new Epoch(duty.Source), root),
                    new Checkpoint(new Epoch(duty.Target), root)
                ),
                fork
            );
    }

    private Task PassAsync(int slots)
    {
        _slot += (ulong)slots;
        _time.Advance(TimeSpan.FromSeconds(slots * (long)SecondsPerSlot));
        _lives[0]?.Tick();
        _lives[1]?.Tick();
        return Task.CompletedTask;
    }

    // The signer's clock against the chain's: forwards it runs ahead, and the chain catches up with it later.
    private Task SkewAsync(int slots)
    {
        var ahead = (_time.GetUtcNow().ToUnixTimeSeconds() - 1_000_000) / (long)SecondsPerSlot - (long)_slot;
        if (ahead + slots is >= 0 and <= 16)
        {
            _time.Advance(TimeSpan.FromSeconds(slots * (long)SecondsPerSlot));
        }

        return Task.CompletedTask;
    }

    private Task CopyAsync(int place)
    {
        if (!File.Exists(LedgerFile(place)))
        {
            return Task.CompletedTask;
        }

        var folder = Directory.CreateDirectory(Path.Combine(_scene.Folder, $"copy-{_copies.Count}")).FullName;
        foreach (var file in Files(Folder(place)).Concat(Files(_scene.Folder).Where(IsVault)).DistinctBy(Path.GetFileName))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        _copies.Add(folder);
        return Task.CompletedTask;
    }

    // There is one vault for both places: it is put back with the first.
    private async Task PutBackAsync(RollbackProtectionAct.PutBack act)
    {
        if (_copies.Count == 0)
        {
            return;
        }

        await KillAsync(act.Place);
        if (act.Place == 1)
        {
            CopyRollbackAnchor();
        }

        Replace(act.Place, Files(_copies[^(1 + (act.Number % _copies.Count))]), file =>
            IsVault(file) ? act.Vault && act.Place == 0 : act.Ledger || act.Place == 1
        );
    }

    private void CopyRollbackAnchor() => _hardware[1] = mutation == FenceMutation.AnchorOfItsOwn ? _hardware[0].Copy() : _hardware[1];

    private void Replace(int place, IEnumerable<string> files, Func<string, bool> wanted)
    {
        Files(Folder(place)).Where(wanted).ToList().ForEach(File.Delete);
        foreach (var file in files.Where(file => wanted(file) && !(place == 1 && IsVault(file))))
        {
            File.Copy(file, Path.Combine(Folder(place), Path.GetFileName(file)));
        }
    }

    private static bool IsVault(string file) => Path.GetFileName(file) == "vault";

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "ledger.sqlite*").Concat(Directory.EnumerateFiles(folder, "vault"));

    private async Task KillAsync(int place)
    {
        if (_lives[place] is { } life)
        {
            _lives[place] = null;
            await life.DisposeAsync();
        }
    }

    private async Task StopAsync(int place)
    {
        if (_lives[place] is { } life)
        {
            if (_stepsLeft >= 0)
            {
                (life.Anchor.StepsLeft, _stepsLeft) = (_stepsLeft, -1);
            }

            await life.StopAsync();
            await KillAsync(place);
        }
    }

    /// <summary>A person looks at a refusal and clears it.</summary>
    private async Task ClearAsync(int place)
    {
        if (_lives[place] is not { Refuses: true } || mutation != FenceMutation.None)
        {
            return;
        }

        // No signer may run meanwhile, says the verb: the other place's neither.
        await KillAsync(0);
        await KillAsync(1);
        await OfflineAsync(place, async (vault, ledger, slashing, standing) =>
        {
            if (StartRules.Decide(await standing.LookAsync()) is StartDecision.Refuse(var refusal))
            {
                await new ClearRefusal(standing, refusal.Reason, new Epoch((_slot / _network.SlotsPerEpoch) + 12)).DoAsync(
                    ledger,
                    slashing,
                    standing
                );
            }
        });
    }

    private async Task ChangeVaultAsync()
    {
        await KillAsync(0);
        await KillAsync(1);
        await OfflineAsync(0, async (vault, ledger, slashing, standing) =>
        {
            vault.Add([_scene.NewShare()]);
            var found = standing.Found with { Vault = vault.Anchor };
            await OfflineChange.KeepAsync(
                standing.Anchor,
                standing.Keys,
                slashing,
                found,
                found.End,
                found.End.FirstAfter(_network.SlotsPerEpoch)
            );
        });
    }

    private async Task OfflineAsync(int place, Func<RemoteSigner.Sealing.Vault, Ledger, SlashingProtection, Standing, Task> work)
    {
        await using var ledger = Ledger.Open(LedgerFile(place));
        using var slashing = await SlashingProtection.OpenAsync(ledger, _network);
        await AuditLog.OpenAsync(ledger, _time);
        var found = await LedgerSnapshot.ReadAsync(ledger, slashing);
        using var vault = await _scene.OpenAsync();
        using var keys = vault.DeriveFenceKeys();
        await work(vault, ledger, slashing, Mortal(place).Stand(keys, found.With(vault.Anchor), _network, _time));
    }
}
