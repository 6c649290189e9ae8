using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Audit;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;
using RemoteSigner.Host;
using RemoteSigner.Signing;
using RemoteSigner.Tests.Sealing;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Freshness;

/// <summary>The whole history of one data directory: runs, crashes, copies made and put back, and every signature that ever left.</summary>
internal sealed class SignerHistory(FenceMutation mutation) : IAsyncDisposable
{
    private const ulong FirstEpoch = 20;
    private const ulong SecondsPerSlot = 6;

    private static readonly Root _chain = Duties.Root(77);

    private static readonly Network _network = Network.Find("minimal")! with { GenesisValidatorsRoot = _chain, GenesisTime = 1_000_000 };

    private readonly VaultScene _scene = new();
    private readonly ModelWitness _hardware = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_000_000 + (long)(FirstEpoch * _network.SlotsPerEpoch * SecondsPerSlot)));
    private readonly Dictionary<BlsPublicKey, SlashingOracle> _signed = [];
    private readonly List<string> _copies = [];
    private List<BlsPublicKey> _keys = [];
    private SignerLife? _life;
    private ulong _slot = FirstEpoch * _network.SlotsPerEpoch;
    private int _faults;
    private int _stepsLeft = -1;

    public int Signatures { get; private set; }

    private string LedgerFile => Path.Combine(_scene.Folder, "ledger.sqlite");

    public async Task BeginAsync(int keys)
    {
        var shares = await _scene.MakeAsync(keys);
        _keys = [.. shares.Select(share => share.ShareKey)];
        _keys.ForEach(key => _signed[key] = new SlashingOracle());
        using var vault = await _scene.OpenAsync();
        await using var ledger = Ledger.Create(LedgerFile);
        using var slashing = await SlashingProtection.OpenAsync(ledger, _network);
        await AuditLog.OpenAsync(ledger, _time);
        Assert.Null(await slashing.RegisterAllAsync([.. _keys.Select(key => new ProtectedKey(key, null))], SlashingFloor.NeverSigned));
        var end = await LedgerAtStart.EndAsync(ledger, slashing);
        using var fenceKeys = vault.DeriveFenceKeys();
        await FenceEnrolment.EnrolAsync(_hardware, fenceKeys, slashing, new FreshState(vault.Contents.VaultId, vault.Contents.Generation, null, end), new Epoch(0));
    }

    /// <summary>Does one act; a death on the way is a crash like any other.</summary>
    public async Task DoAsync(FreshnessAct act)
    {
        try
        {
            await (act switch
            {
                FreshnessAct.Ask ask => AskAsync(ask),
                FreshnessAct.Pass(var slots) => PassAsync(slots),
                FreshnessAct.Skew(var slots) => SkewAsync(slots),
                FreshnessAct.Copy => CopyAsync(),
                FreshnessAct.PutBack putBack => PutBackAsync(putBack),
                FreshnessAct.Kill => KillAsync(),
                FreshnessAct.Stop => StopAsync(),
                FreshnessAct.Clear => ClearAsync(),
                FreshnessAct.ChangeVault => ChangeVaultAsync(),
                FreshnessAct.DieAfter(var steps) => Task.FromResult(_stepsLeft = steps),
                FreshnessAct.Fail(var times) => Task.FromResult(_faults = times),
                _ => throw new System.Diagnostics.UnreachableException(),
            });
        }
        catch (ProcessDiedException)
        {
            await KillAsync();
        }
        catch (WitnessException)
        {
            await KillAsync();
        }

        if (_life is { Witness.IsDead: true })
        {
            await KillAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _scene.Dispose();
    }

    private async Task<SignerLife> LiveAsync()
    {
        if (_life is null)
        {
            _life = await SignerLife.StartAsync(_scene, LedgerFile, _network, _time, Mortal(), mutation);
        }

        return _life;
    }

    // Faults and death that were announced befall whoever uses the hardware next.
    private MortalWitness Mortal()
    {
        var witness = new MortalWitness(_hardware) { Faults = _faults, StepsLeft = _stepsLeft };
        (_faults, _stepsLeft) = (0, -1);
        return witness;
    }

    /// <summary>Two clients ask for two versions of one duty at once; when the process dies on the way no answer leaves.</summary>
    private async Task AskAsync(FreshnessAct.Ask ask)
    {
        var life = await LiveAsync();
        if (_stepsLeft >= 0)
        {
            (life.Witness.StepsLeft, _stepsLeft) = (_stepsLeft, -1);
        }

        var key = _keys[ask.Key % _keys.Count];
        var duties = new[] { Duty(ask, ask.Root), Duty(ask, ask.Root + 1) };
        var outcomes = await Task.WhenAll(duties.Select(duty => Task.Run(() => life.SignAsync(key, Message(duty)))));
        if (ask.Dies || life.Witness.IsDead)
        {
            await KillAsync();
            return;
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

    private SlashingOracle.Duty Duty(FreshnessAct.Ask ask, int root)
    {
        var epoch = (long)(_slot / _network.SlotsPerEpoch);
        var target = (ulong)Math.Max(0, epoch + ask.Ahead);
        return ask.IsBlock
            ? new SlashingOracle.Duty(true, 0, (ulong)Math.Max(0, (long)_slot + (ask.Ahead * 3)), root)
            : new SlashingOracle.Duty(false, target - Math.Min(target, (ulong)ask.Span), target, root);
    }

    private SignableMessage Message(SlashingOracle.Duty duty)
    {
        var (fork, root) = (new ForkInfo(default, default, new Epoch(0), _chain), Duties.Root(duty.Root));
        return duty.IsBlock
            ? new Block(new Slot(duty.Target), 0, root, root, new BlockBody.RootOnly(root), fork)
            : new Attestation(new AttestationData(new Slot(Math.Min(_slot, duty.Target * _network.SlotsPerEpoch)), 0, root, new Checkpoint(new Epoch(duty.Source), root), new Checkpoint(new Epoch(duty.Target), root)), fork);
    }

    private Task PassAsync(int slots)
    {
        _slot += (ulong)slots;
        _time.Advance(TimeSpan.FromSeconds(slots * (long)SecondsPerSlot));
        _life?.Tick();
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

    private Task CopyAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_scene.Folder, $"copy-{_copies.Count}")).FullName;
        foreach (var file in Files(_scene.Folder))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        _copies.Add(folder);
        return Task.CompletedTask;
    }

    private async Task PutBackAsync(FreshnessAct.PutBack act)
    {
        if (_copies.Count == 0)
        {
            return;
        }

        await KillAsync();
        bool Wanted(string file) => Path.GetFileName(file).StartsWith("vault", StringComparison.Ordinal) ? act.Vault : act.Ledger;
        Files(_scene.Folder).Where(Wanted).ToList().ForEach(File.Delete);
        foreach (var file in Files(_copies[^(1 + (act.Number % _copies.Count))]).Where(Wanted))
        {
            File.Copy(file, Path.Combine(_scene.Folder, Path.GetFileName(file)));
        }
    }

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "ledger.sqlite*").Concat(Directory.EnumerateFiles(folder, "vault"));

    private async Task KillAsync()
    {
        if (_life is { } life)
        {
            _life = null;
            await life.DisposeAsync();
        }
    }

    private async Task StopAsync()
    {
        if (_life is not null)
        {
            if (_stepsLeft >= 0)
            {
                (_life.Witness.StepsLeft, _stepsLeft) = (_stepsLeft, -1);
            }

            await _life.StopAsync();
            await KillAsync();
        }
    }

    /// <summary>A person looks at a refusal and clears it.</summary>
    private async Task ClearAsync()
    {
        if (_life is not { Refuses: true } || mutation != FenceMutation.None)
        {
            return;
        }

        await KillAsync();
        await OfflineAsync(async (vault, slashing, keys, witness, found) =>
        {
            var evidence = await found.HoldAgainstAsync(witness, keys, CancellationToken.None);
            if (StartRules.Decide(evidence) is StartDecision.Refuse(var refusal))
            {
                await Clearance.AdoptAsync(witness, keys, slashing, evidence, refusal, new Epoch((_slot / _network.SlotsPerEpoch) + 12));
            }
        });
    }

    private async Task ChangeVaultAsync()
    {
        await KillAsync();
        await OfflineAsync(async (vault, slashing, keys, witness, found) =>
        {
            vault.Add([_scene.NewShare()]);
            await OfflineChange.KeepAsync(witness, keys, slashing, found with { VaultGeneration = vault.Contents.Generation }, found.End, found.End.FirstAfter(_network.SlotsPerEpoch));
        });
    }

    private async Task OfflineAsync(Func<RemoteSigner.Sealing.Vault, SlashingProtection, FenceKeys, MortalWitness, FreshState, Task> work)
    {
        await using var ledger = Ledger.Open(LedgerFile);
        using var slashing = await SlashingProtection.OpenAsync(ledger, _network);
        await AuditLog.OpenAsync(ledger, _time);
        var found = await LedgerAtStart.ReadAsync(ledger, slashing);
        using var vault = await _scene.OpenAsync();
        using var keys = vault.DeriveFenceKeys();
        await work(vault, slashing, keys, Mortal(), new FreshState(vault.Contents.VaultId, vault.Contents.Generation, found.Start, found.End));
    }
}
