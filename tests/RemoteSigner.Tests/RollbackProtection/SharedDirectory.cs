using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Administration;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Host;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Sealing;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// A data directory of which copies are made, and every vote that ever left with its one key from any of them. It was enrolled and never
/// started: the next start serves at once. In memory, because nothing here is about the disk.
/// </summary>
internal sealed class SharedDirectory : IAsyncDisposable
{
    public const ulong Fence = 10;

    private static readonly ProtectedKey _key = Duties.Key(1);

    private readonly string _folder = Directory
        .CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"shared-{Guid.NewGuid():N}"))
        .FullName;
    private readonly SecretArena _arena = new();
    private readonly List<SlashingOracle.Duty> _signed = [];
    private int _copies;

    private SharedDirectory(FenceKeys? keys) => Keys = keys ?? new FenceKeys(_arena.Allocate(32), _arena.Allocate(32));

    public static Network Network { get; } = Network.Find("hoodi")!;

    public Guid VaultId { get; private init; } = Guid.NewGuid();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds((long)Network.GenesisTime!.Value));

    public FenceKeys Keys { get; }

    public string Ledger => Path.Combine(_folder, "ledger.sqlite");

    /// <summary>Votes that left.</summary>
    public int Votes => _signed.Count;

    public static async Task<SharedDirectory> CreateAsync(Func<SharedDirectory, IRollbackAnchor> anchor, Guid? vaultId = null)
    {
        var directory = new SharedDirectory(null) { VaultId = vaultId ?? Guid.NewGuid() };
        await using var ledger = Ledgers.Ledger.Create(directory.Ledger);
        using var slashing = await SlashingProtection.OpenAsync(ledger, Network);
        await AuditLog.OpenAsync(ledger, directory.Time);
        Assert.IsNotType<Registration.NoLowWatermark>(await slashing.RegisterAsync(_key, DeclaredHistory.NeverSigned));
        var end = await LedgerSnapshot.EndAsync(ledger, slashing);
        var standing = anchor(directory)
            .Stand(directory.Keys, new ObservedState(Anchors.Of(directory.VaultId, 1), null, end), Network, directory.Time);
        await new EnrolAnchor(standing, new Epoch(Fence)).DoAsync(ledger, slashing, standing);
        return directory;
    }

    /// <summary>The same directory as it was made, together with an anchor that is as new.</summary>
    public string Copy() => Copy(Ledger);

    public string Copy(string ledger)
    {
        var copy = Path.Combine(
            Directory.CreateDirectory(Path.Combine(_folder, $"copy-{Interlocked.Increment(ref _copies)}")).FullName,
            "ledger.sqlite"
        );
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(ledger)!, "ledger.sqlite*"))
        {
            System.IO.File.Copy(file, Path.Combine(Path.GetDirectoryName(copy)!, Path.GetFileName(file)));
        }

        return copy;
    }

    public Task<SharedRun> OpenAsync(string ledger, IRollbackAnchor anchor) => SharedRun.OpenAsync(this, ledger, anchor);

    /// <summary>Takes down a vote that left; fails when it is slashable beside all others.</summary>
    public void Take(ulong source, ulong target, int root)
    {
        var duty = new SlashingOracle.Duty(false, source, target, root);
        lock (_signed)
        {
            var oracle = new SlashingOracle();
            _signed.ForEach(oracle.Sign);
            Assert.False(oracle.IsSlashable(duty), $"{duty} was signed and is slashable beside {string.Join(", ", _signed)}");
            _signed.Add(duty);
        }
    }

    /// <summary>Forgets the votes that left after so many.</summary>
    public void Forget(int votes) => _signed.RemoveRange(votes, _signed.Count - votes);

    public ValueTask DisposeAsync()
    {
        _arena.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>One run on one copy, put together as the host does it: real ledger, start protocol and fence.</summary>
    internal sealed class SharedRun : IAsyncDisposable
    {
        private readonly SharedDirectory _directory;
        private readonly Ledger _ledger;
        private readonly SlashingProtection _slashing;
        private readonly LedgerSnapshot _found;
        private readonly IRollbackAnchor _anchor;

        private SharedRun(
            SharedDirectory directory,
            Ledger ledger,
            SlashingProtection slashing,
            LedgerSnapshot found,
            IRollbackAnchor anchor
        )
        {
            (_directory, _ledger, _slashing, _found, _anchor) = (directory, ledger, slashing, found, anchor);
            Fence = new Fence(Network, new SlotClock(Network, null, directory.Time), directory.Time);
        }

        public Fence Fence { get; }

        public string File { get; private init; } = "";

        public required AuditLog Audit { get; init; }

        public ObservedState Found => _found.With(Anchors.Of(_directory.VaultId, 1));

        public SlashingProtection Slashing => _slashing;

        /// <summary>Does an act about the anchor, as the console does while no signer runs.</summary>
        public Task<T> DoAsync<T>(Func<Standing, AdminAct<T>> act)
        {
            var standing = _anchor.Stand(_directory.Keys, Found, Network, _directory.Time);
            return act(standing).DoAsync(_ledger, _slashing, standing);
        }

        public static async Task<SharedRun> OpenAsync(SharedDirectory directory, string file, IRollbackAnchor anchor)
        {
            var ledger = Ledgers.Ledger.Open(file);
            var slashing = await SlashingProtection.OpenAsync(ledger, Network);
            var audit = await AuditLog.OpenAsync(ledger, directory.Time);
            return new SharedRun(directory, ledger, slashing, await LedgerSnapshot.ReadAsync(ledger, slashing), anchor)
            {
                File = file,
                Audit = audit,
            };
        }

        /// <summary>As the host does: an anchor that may answer later is asked again; null when it never does.</summary>
        public async Task<StartDecision?> StartAsync()
        {
            var protocol = new StartProtocol(_anchor, _directory.Keys, _slashing, Found, StartLog.Entries(Audit), _directory.Time);
            for (var attempt = 0; attempt < 20; attempt++)
            {
                try
                {
                    return await protocol.RunAsync(Fence, CancellationToken.None);
                }
                catch (RollbackAnchorException fault) when (fault.MayPass) { }
            }

            return null;
        }

        /// <summary>True when it was signed.</summary>
        public async Task<bool> VoteAsync(ulong source, ulong target, int root)
        {
            var vote = Duties.Vote(source, target);
            if (await Fence.CoverAsync(vote) is not null)
            {
                return false;
            }

            var decision = await TemporarySigner.RequestAsync(
                _slashing,
                _key,
                Duties.Message(vote, Duties.Root(root), Network.GenesisValidatorsRoot!.Value),
                (transaction, signingRoot, verdict) => 1
            );
            if (decision is PermitDecision.Granted)
            {
                _directory.Take(source, target, root);
            }

            return decision is PermitDecision.Granted;
        }

        public async Task StopAsync()
        {
            await Fence.CloseAsync();
            var end = await _ledger.CloseAsync(transaction => HistoryEnd.Of(transaction, _slashing));
            await Fence.WriteCleanStopAsync(end, CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await _ledger.DisposeAsync();
            _slashing.Dispose();
        }
    }
}
