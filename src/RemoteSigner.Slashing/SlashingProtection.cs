using System.Diagnostics;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// EIP-3076 slashing protection, complete within the kept history and a low watermark below it. Nothing may be signed without the
/// <see cref="SigningPermit"/> that <see cref="RequestAsync"/> gives once the message is on disk. Rules and tables: README.md of this room.
/// Every method throws <see cref="LedgerException"/> when the ledger fails, and then nothing was changed; a request says so of itself, and
/// then nothing was granted.
/// </summary>
public sealed partial class SlashingProtection : IDisposable
{
    private readonly Ledger _ledger;

    // Import, export, pruning and whatever else rewrites history run one after another; signing goes on beside them.
    private readonly SemaphoreSlim _maintenance = new(1, 1);

    private SlashingProtection(Ledger ledger, Network network, Root chain) =>
        (_ledger, Chain, Network) = (ledger, chain, network with { GenesisValidatorsRoot = chain });

    /// <summary>The genesis validators root (32 bytes) of the chain whose history this is.</summary>
    public Root Chain { get; }

    /// <summary>The network of that chain, its genesis validators root known.</summary>
    public Network Network { get; }

    /// <summary>
    /// Makes or checks the tables in <paramref name="ledger"/>, and refuses a ledger that is pinned to another chain than
    /// <paramref name="network"/>. Where the network's genesis validators root is not known, a ledger that is pinned says it; one that is
    /// not is refused: whoever voted first would decide for which chain this signer is.
    /// </summary>
    public static async Task<SlashingProtection> OpenAsync(Ledger ledger, Network network)
    {
        var pinned = await ledger.WriteAsync(transaction =>
        {
            HistoryStore.Ensure(transaction);
            return HistoryStore.Of(transaction).Chain.GenesisValidatorsRoot;
        });
        if (pinned is { } chain && network.GenesisValidatorsRoot is { } configured && chain != configured)
        {
            throw new LedgerException(
                LedgerFault.Foreign,
                $"cannot use this ledger for {network.Name}: it is pinned to genesis "
                    + $"validators root {chain}, {network.Name} has {configured}",
                "choose the network this data directory was made for"
            );
        }

        return new SlashingProtection(
            ledger,
            network,
            network.GenesisValidatorsRoot
                ?? pinned
                ?? throw new LedgerException(
                    LedgerFault.ChainUnknown,
                    $"cannot use this ledger: the genesis validators root of {network.Name} is not "
                        + "known, and the ledger has signed nothing yet that says it",
                    "write it as network.genesisValidatorsRoot into signer.json; a beacon node says it at /eth/v1/beacon/genesis"
                )
        );
    }

    /// <summary>
    /// Asks leave to sign, for one message or for many. The decisions are one transaction and one fsync, taken in the order of the
    /// requests: of two that collide the first is granted. Decision, slashing record and evidence of a request stand or fall together, each
    /// request alone; the answers come after the commit, in the order of the requests.
    /// </summary>
    public async Task<IReadOnlyList<PermitDecision>> RequestAsync(IReadOnlyList<PermitRequest> requests)
    {
        var work = new Settlement[requests.Count];
        for (var i = 0; i < work.Length; i++)
        {
            work[i] = new Settlement(this, requests[i]);
        }

        await _ledger.WriteAllAsync(work);
        return Array.ConvertAll(work, one => one.ToDecision());
    }

    /// <summary>What would be decided on this message now. It changes nothing, and gives no leave to sign.</summary>
    public Task<Verdict> EvaluateAsync(ProtectedKey key, RootedMessage message) =>
        _ledger.WriteAsync(transaction =>
        {
            var store = HistoryStore.Of(transaction);
            return Judge(
                store,
                store.FindActive(key),
                message.Message.Slashable,
                message.SigningRoot,
                message.Message.GenesisValidatorsRoot
            );
        });

    /// <summary>Call when nothing waits any more; the ledger is closed by its owner.</summary>
    public void Dispose() => _maintenance.Dispose();

    private Verdict Settle(LedgerTransaction transaction, PermitRequest.Ask ask)
    {
        var (content, root, chain) = (ask.Message.Message.Slashable, ask.Message.SigningRoot, ask.Message.Message.GenesisValidatorsRoot);
        var store = HistoryStore.Of(transaction);
        var history = store.FindActive(ask.Key);
        var verdict = Judge(store, history, content, root, chain);
        if (ask.OnlyIfOnRecord && verdict is Verdict.Allowed { AlreadySigned: false })
        {
            verdict = Verdict.NotOnRecord.Instance;
        }

        var evidence = ask.Anchor(transaction, root, verdict);
        if (verdict is Verdict.Allowed { AlreadySigned: var alreadySigned } && history is not null)
        {
            // From its first record on the history is this chain's, whatever will be configured.
            if (store.Chain.GenesisValidatorsRoot is null && content is not SlashableContent.None)
            {
                store.Chain.Pin(Chain);
            }

            if (!alreadySigned)
            {
                Record(store, history, content, root, evidence);
            }
        }

        return verdict;
    }

    private Verdict Judge(HistoryStore store, ValidatorHistory? history, SlashableContent content, Root root, Root? chain) =>
        history is null
            ? new Verdict.Refused(SlashingRule.KeyNotActive, "the key was never registered here, or was deleted")
            : ForeignChain(content, chain)
                ?? store.RollbackProtection.LowWatermark?.Refusal(content, Network.SlotsPerEpoch)
                ?? Decide(store, history, content, root);

    private Verdict.Refused? ForeignChain(SlashableContent content, Root? chain)
    {
        if (chain is not { } claimed)
        {
            return content is SlashableContent.None
                ? null
                : new Verdict.Refused(SlashingRule.WrongGenesisValidatorsRoot, "the message names no genesis validators root");
        }

        return claimed == Chain
            ? null
            : new Verdict.Refused(
                SlashingRule.WrongGenesisValidatorsRoot,
                $"the message is for genesis validators root {claimed}, this signer is for {Chain}"
            );
    }

    private static Verdict Decide(HistoryStore store, ValidatorHistory history, SlashableContent content, Root root) =>
        content switch
        {
            SlashableContent.None => new Verdict.Allowed(AlreadySigned: false),
            SlashableContent.Block { Slot.Value: var slot } when StoredNumber.Fits(slot) => Decide(store, history, (long)slot, root.Bytes),
            SlashableContent.Attestation { Source.Value: var source, Target.Value: var target }
                when StoredNumber.Fits(source) && StoredNumber.Fits(target) => Decide(
                store,
                history,
                new Vote((long)source, (long)target),
                root.Bytes
            ),
            SlashableContent.Block or SlashableContent.Attestation => new Verdict.Refused(
                SlashingRule.NumberOutOfRange,
                "slots and epochs go to 2^63-1"
            ),
            _ => throw new UnreachableException($"no slashing rule is written for {content.GetType().Name}"),
        };

    private static Verdict Decide(HistoryStore store, ValidatorHistory history, long slot, ReadOnlySpan<byte> root) =>
        BlockRules.Decide(history, store.Chain.High, slot) ?? BlockRules.Decide(history, slot, store.FindBlock(history, slot, root));

    private static Verdict Decide(HistoryStore store, ValidatorHistory history, Vote vote, ReadOnlySpan<byte> root) =>
        AttestationRules.Decide(history, store.Chain.High, vote)
        ?? AttestationRules.Decide(history, vote, store.FindVotes(history, vote, root));

    private static void Record(HistoryStore store, ValidatorHistory history, SlashableContent content, Root root, long evidence)
    {
        if (content is SlashableContent.Block block)
        {
            store.Record(history, (long)block.Slot.Value, root.Bytes, evidence);
        }
        else if (content is SlashableContent.Attestation vote)
        {
            store.Record(history, new Vote((long)vote.Source.Value, (long)vote.Target.Value), root.Bytes, evidence);
        }
    }

    /// <summary>A request on the writer thread, and what came of it.</summary>
    private sealed class Settlement(SlashingProtection slashing, PermitRequest request) : LedgerWork
    {
        private Verdict? _verdict;

        public override bool IsRepeatable => true;

        public override void Run(LedgerTransaction transaction)
        {
            switch (request)
            {
                case PermitRequest.Ask ask:
                    _verdict = slashing.Settle(transaction, ask);
                    break;
                case PermitRequest.Evidence(var write):
                    write(transaction);
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        /// <summary>Only once it was released: what it says is on disk then.</summary>
        public PermitDecision ToDecision()
        {
            if (Failure is null && request is PermitRequest.Ask told && _verdict is not null)
            {
                slashing.LowWatermark.Note(told.Message.Message.Slashable, _verdict);
            }

            return Decision();
        }

        private PermitDecision Decision() =>
            (request, _verdict) switch
            {
                _ when Failure is { } fault => new PermitDecision.Failed(fault),
                (PermitRequest.Evidence, _) => PermitDecision.Witnessed.Instance,
                (PermitRequest.Ask ask, Verdict.Allowed allowed) => new PermitDecision.Granted(
                    new SigningPermit(ask.Key.PublicKey, ask.Message.SigningRoot),
                    allowed.AlreadySigned
                ),
                (_, Verdict.NotOnRecord) => PermitDecision.NotOnRecord.Instance,
                (_, Verdict.Refused refused) => new PermitDecision.Refused(refused.Rule, refused.Detail),
                _ => throw new UnreachableException(),
            };
    }
}
