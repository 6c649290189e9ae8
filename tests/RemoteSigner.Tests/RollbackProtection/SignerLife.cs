using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Host;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// One run of a signer, put together as the host does it: real ledger, vault, shares and fence; only the anchor is a model.
/// </summary>
internal sealed class SignerLife : IAsyncDisposable
{
    private static readonly Client _client = new("vc", null);

    private readonly SecretArena _arena = new();
    private readonly BurstSigner _bursts;
    private readonly Fence _fence;
    private readonly KeyRing _ring = new();
    private readonly Ledger _ledger;
    private readonly SlashingProtection _slashing;
    private readonly AuditLog _audit;
    private readonly Signer _signer;
    private readonly TimeProvider _time;

    private SignerLife(
        Network network,
        TimeProvider time,
        Ledger ledger,
        SlashingProtection slashing,
        AuditLog audit,
        MortalRollbackAnchor anchor
    )
    {
        var clock = new SlotClock(network, SlotWindow.Default, time);
        (_ledger, _slashing, _audit, Anchor, _fence, _time) = (ledger, slashing, audit, anchor, new Fence(network, clock, time), time);
        _bursts = new BurstSigner(_arena);
        var access = new AccessPolicy(new Dictionary<string, ClientPermissions> { ["vc"] = new(null, ClientPermissions.AllDuties) });
        var rules = new ClusterRules(
            network,
            RegistrationPolicy.None,
            BuilderPolicy.None,
            new PayloadVotes(refusesOthers: false),
            new ClusterLibrary(new ClusterArchive("none"))
        );
        var judge = new OrderJudge(network, _ring, access, clock, rules);
        _signer = new Signer(judge, clock, _fence, slashing, audit, new ShareSigner(_bursts), time);
    }

    public MortalRollbackAnchor Anchor { get; }

    public bool Refuses => _fence.State.Closed is not null;

    /// <summary>
    /// Starts on a data directory; ends with <see cref="ProcessDiedException"/> when the anchor lets the process die on the way.
    /// </summary>
    public static async Task<SignerLife> StartAsync(
        VaultScene scene,
        string ledgerFile,
        Network network,
        TimeProvider time,
        MortalRollbackAnchor anchor,
        FenceMutation mutation
    )
    {
        var ledger = Ledger.Open(ledgerFile);
        var slashing = await SlashingProtection.OpenAsync(ledger, network);
        var audit = await AuditLog.OpenAsync(ledger, time);
        var life = new SignerLife(network, time, ledger, slashing, audit, anchor);
        try
        {
            await life.OpenAsync(scene, mutation);
            return life;
        }
        catch
        {
            await life.DisposeAsync();
            throw;
        }
    }

    public Task<SignOutcome> SignAsync(BlsPublicKey key, SignableMessage message) =>
        _signer.SignAsync(new SignOrder(_client, "test", key, message, null));

    public Task<IReadOnlyList<SignOutcome>> SignAllAsync(IEnumerable<(BlsPublicKey Key, SignableMessage Message)> duties) =>
        _signer.SignAllAsync([.. duties.Select(duty => new SignOrder(_client, "test", duty.Key, duty.Message, null))]);

    public void Tick() => _fence.Tick();

    public async Task StopAsync()
    {
        await _fence.CloseAsync();
        var end = await _ledger.CloseAsync(transaction => HistoryEnd.Of(transaction, _slashing));
        await _fence.WriteCleanStopAsync(end, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Anchor.Kill();
        await _ledger.DisposeAsync();
        _slashing.Dispose();
        _ring.Dispose();
        _fence.Dispose();
        _bursts.Dispose();
        _arena.Dispose();
    }

    private async Task OpenAsync(VaultScene scene, FenceMutation mutation)
    {
        var found = await LedgerSnapshot.ReadAsync(_ledger, _slashing);
        using var vault = await scene.OpenAsync();
        _ring.Replace(vault.OpenShares().Select(share => new KeyShare(share.Secret, share.ShareKey, share.GroupKey, share.Membership)));
        if (mutation == FenceMutation.Off)
        {
            _fence.SwitchOff(null);
            return;
        }

        var protocol = new StartProtocol(
            Anchor,
            vault.DeriveFenceKeys(),
            _slashing,
            found.With(vault.Anchor),
            StartLog.Entries(_audit),
            _time
        );
        await RunAsync(protocol);
        if (mutation == FenceMutation.LowWatermarksTakenAway)
        {
            await _slashing.RemoveGlobalLowWatermarkAsync();
        }
    }

    // As the host does: an anchor that fails is asked again.
    private async Task RunAsync(StartProtocol protocol)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await protocol.RunAsync(_fence, CancellationToken.None);
                return;
            }
            catch (RollbackAnchorException fault) when (fault.MayPass && attempt < 20)
            {
                Assert.InRange(Anchor.Faults, 0, 100);
            }
        }
    }
}

/// <summary>What is broken on purpose, to show that the search would find it.</summary>
internal enum FenceMutation
{
    None,

    /// <summary>There is no fence at all.</summary>
    Off,

    /// <summary>The start protocol works, and the low watermarks it raises are taken away again.</summary>
    LowWatermarksTakenAway,

    /// <summary>The signer at the second place has a copy of the anchor: one that goes along with the machine.</summary>
    AnchorOfItsOwn,
}
