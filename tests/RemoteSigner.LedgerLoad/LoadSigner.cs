using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.LedgerLoad;

/// <summary>A ledger with slashing protection and audit log, and the votes that are asked of it.</summary>
internal sealed record LoadSigner(Ledger Ledger, SlashingProtection Slashing, AuditLog Audit, Network Network) : IAsyncDisposable
{
    private static readonly ForkInfo _fork = new(default, default, default, default);

    public static async Task<LoadSigner> OpenAsync(string file, int keys)
    {
        var signer = await OpenAsync(file);
        await Task.WhenAll(Enumerable.Range(0, keys).Select(i => signer.RegisterAsync(Key(i))));
        return signer;
    }

    /// <summary>With the keys that are there.</summary>
    public static async Task<LoadSigner> OpenAsync(string file)
    {
        var network = Network.Find("minimal")! with { GenesisValidatorsRoot = default(Root) };
        var ledger = File.Exists(file) ? Ledger.Open(file) : Ledger.Create(file);
        return new LoadSigner(
            ledger,
            await SlashingProtection.OpenAsync(ledger, network),
            await AuditLog.OpenAsync(ledger, TimeProvider.System),
            network
        );
    }

    /// <summary>A vote of one validator for an epoch; <paramref name="head"/> 0 and 1 conflict.</summary>
    public static Attestation Vote(ulong epoch, byte head)
    {
        var root = new byte[Root.Length];
        root[0] = head;
        return new Attestation(
            new AttestationData(
                new Slot(epoch * 8),
                0,
                new Root(root),
                new Checkpoint(new Epoch(epoch - 1), default),
                new Checkpoint(new Epoch(epoch), default)
            ),
            _fork
        );
    }

    public static ProtectedKey Key(int number)
    {
        var (share, group) = (new byte[BlsPublicKey.Length], new byte[BlsPublicKey.Length]);
        BitConverter.TryWriteBytes(share, number);
        BitConverter.TryWriteBytes(group, number);
        group[^1] = 1;
        return new ProtectedKey(new BlsPublicKey(share), new BlsPublicKey(group));
    }

    public async Task<PermitDecision> RequestAsync(ProtectedKey key, Attestation vote) =>
        (await Slashing.RequestAsync([Ask(key, vote, vote.WithRoot(Network))]))[0];

    /// <summary>Leave for a vote is asked for, with the entry that the signer writes.</summary>
    public PermitRequest Ask(ProtectedKey key, Attestation vote, RootedMessage message) =>
        new PermitRequest.Ask(key, message, (transaction, root, verdict) => Audit.Append(
                transaction,
                new AuditEntry
                {
                    Action = "sign",
                    Decision = verdict is Verdict.Allowed ? AuditDecision.Granted : AuditDecision.Refused,
                    RequestId = "0HN7QK2L3M4N5:00000001",
                    Client = "validator-client-1",
                    ClientFingerprint = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
                    ShareKey = key.PublicKey,
                    GroupKey = key.GroupKey,
                    Duty = vote.Type,
                    Slot = vote.Vote.Slot,
                    SourceEpoch = vote.Vote.Source.Epoch,
                    TargetEpoch = vote.Vote.Target.Epoch,
                    SigningRoot = root,
                    SignedBefore = verdict is Verdict.Allowed { AlreadySigned: true },
                    Rule = (verdict as Verdict.Refused)?.Rule.Name(),
                    Detail = (verdict as Verdict.Refused)?.Detail,
                }
            ));

    // A run that is killed may have registered a key without ever signing with it.
    private async Task RegisterAsync(ProtectedKey key)
    {
        if (await Slashing.RegisterAsync(key, DeclaredHistory.FromHistory) is Registration.NoLowWatermark)
        {
            await Slashing.RegisterAsync(key, DeclaredHistory.NeverSigned);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        Slashing.Dispose();
    }
}
