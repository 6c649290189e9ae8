using System.Diagnostics;
using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Consensus.Slashing;

/// <summary>
/// EIP-3076 slashing protection, complete within the kept history and a floor below it. Nothing may be signed without the
/// <see cref="SigningPermit"/> that <see cref="RequestAsync(ProtectedKey, RootedMessage, DecisionWitness)"/> gives once the message is on disk. Rules and tables: README.md of this room.
/// Every method throws <see cref="LedgerException"/> when the ledger fails, and then nothing was granted or changed.
/// </summary>
public sealed partial class SlashingProtection : IDisposable
{
    private readonly Ledger _ledger;
    private readonly Network _network;

    // Import, export, pruning and whatever else rewrites history run one after another; signing goes on beside them.
    private readonly SemaphoreSlim _maintenance = new(1, 1);

    private SlashingProtection(Ledger ledger, Network network) => (_ledger, _network) = (ledger, network);

    /// <summary>Makes or checks the tables in <paramref name="ledger"/>, and refuses a ledger that is pinned to another chain than <paramref name="network"/>.</summary>
    public static async Task<SlashingProtection> OpenAsync(Ledger ledger, Network network)
    {
        var pinned = await ledger.WriteAsync(transaction =>
        {
            transaction.Ensure(SlashingSchema.Current);
            return transaction.Recall(ChainState.Load).GenesisValidatorsRoot;
        });
        if (pinned is { } chain && network.GenesisValidatorsRoot is { } configured && chain != configured)
        {
            throw new LedgerException(
                LedgerFault.Foreign,
                $"cannot use this ledger for {network.Name}: it is pinned to genesis validators root {chain}, {network.Name} has {configured}",
                "choose the network this data directory was made for");
        }

        return new SlashingProtection(ledger, network);
    }

    /// <summary>
    /// Asks leave to sign <paramref name="message"/> with the share <paramref name="key"/>. The decision, the slashing record and the evidence of
    /// <paramref name="witness"/> are one transaction; the answer comes after its commit.
    /// </summary>
    public async Task<PermitDecision> RequestAsync(ProtectedKey key, RootedMessage message, DecisionWitness witness)
    {
        var request = new PermitRequest(key, message, witness);
        return DecisionOf(key, message.SigningRoot, await _ledger.WriteAsync(transaction => Settle(transaction, request)));
    }

    /// <summary>
    /// The same for many messages in one transaction and one fsync, decided in their order: of two that collide the first is granted.
    /// <paramref name="alongside"/> writes what else belongs to them. When anything of it fails, no permit is given at all.
    /// </summary>
    public async Task<IReadOnlyList<PermitDecision>> RequestAllAsync(IReadOnlyList<PermitRequest> requests, Action<LedgerTransaction> alongside)
    {
        var verdicts = await Task.WhenAll(_ledger.WriteAllAsync<Verdict?>(
        [
            transaction =>
            {
                alongside(transaction);
                return null;
            },
            .. requests.Select(request => (Func<LedgerTransaction, Verdict?>)(transaction => Settle(transaction, request))),
        ]));
        return [.. requests.Select((request, i) => DecisionOf(request.Key, request.Message.Message.Slashable, request.Message.SigningRoot, verdicts[i + 1]!))];
    }

    /// <summary>What would be decided on this message now. It changes nothing, and gives no leave to sign.</summary>
    public Task<Verdict> ForeseeAsync(ProtectedKey key, RootedMessage message) => _ledger.WriteAsync(transaction => Judge(
        transaction,
        transaction.Recall(LoadIndex).FindActive(transaction, key),
        message.Message.Slashable,
        message.SigningRoot,
        message.Message.GenesisValidatorsRoot));

    /// <summary>Call when nothing waits any more; the ledger is closed by its owner.</summary>
    public void Dispose() => _maintenance.Dispose();

    // Only for a verdict whose transaction is on disk.
    private PermitDecision DecisionOf(ProtectedKey key, SlashableContent content, Root root, Verdict verdict)
    {
        Floor.Note(content, verdict);
        return verdict switch
        {
            Verdict.Allowed allowed => new PermitDecision.Granted(new SigningPermit(key.PublicKey, root), allowed.AlreadySigned),
            Verdict.Refused refused => new PermitDecision.Refused(refused.Rule, refused.Detail),
            _ => throw new UnreachableException(),
        };
    }

    private Verdict Settle(LedgerTransaction transaction, PermitRequest request)
    {
        var (content, root, chain) = (request.Message.Message.Slashable, request.Message.SigningRoot, request.Message.Message.GenesisValidatorsRoot);
        var state = transaction.Recall(ChainState.Load);
        var history = transaction.Recall(LoadIndex).FindActive(transaction, request.Key);
        var verdict = Judge(transaction, history, content, root, chain);
        var evidence = request.Witness(transaction, root, verdict);
        if (verdict is Verdict.Allowed { AlreadySigned: var alreadySigned } && history is not null)
        {
            // A duty that leaves no history must not decide whose history this is.
            if (chain is { } used && state.GenesisValidatorsRoot is null && content is not SlashableContent.None)
            {
                state.Pin(transaction, used);
            }

            if (!alreadySigned)
            {
                Record(transaction, history, content, root, evidence);
            }
        }

        return verdict;
    }

    private Verdict Judge(LedgerTransaction transaction, ValidatorHistory? history, SlashableContent content, Root root, Root? chain)
    {
        var state = transaction.Recall(ChainState.Load);
        return history is null
            ? new Verdict.Refused(SlashingRule.KeyNotActive, "the key was never registered here, or was deleted")
            : ForeignChain(state, content, chain) ?? transaction.Recall(FreshnessState.Load).Floor?.Refusal(content, _network.SlotsPerEpoch) ?? Decide(transaction, history, state.High, content, root);
    }

    private Verdict.Refused? ForeignChain(ChainState state, SlashableContent content, Root? chain)
    {
        if (chain is not { } claimed)
        {
            return content is SlashableContent.None ? null : new Verdict.Refused(SlashingRule.WrongGenesisValidatorsRoot, "the message names no genesis validators root");
        }

        var expected = _network.GenesisValidatorsRoot ?? state.GenesisValidatorsRoot;
        return expected is { } own && own != claimed
            ? new Verdict.Refused(SlashingRule.WrongGenesisValidatorsRoot, $"the message is for genesis validators root {claimed}, this signer is for {own}")
            : null;
    }

    private static Verdict Decide(LedgerTransaction transaction, ValidatorHistory history, HighWatermark? high, SlashableContent content, Root root) => content switch
    {
        SlashableContent.None => new Verdict.Allowed(AlreadySigned: false),
        SlashableContent.Block { Slot.Value: var slot } when StoredNumber.Fits(slot) =>
            BlockRules.Decide(transaction, history, high, (long)slot, root.Bytes),
        SlashableContent.Attestation { Source.Value: var source, Target.Value: var target } when StoredNumber.Fits(source) && StoredNumber.Fits(target) =>
            AttestationRules.Decide(transaction, history, high, new Vote((long)source, (long)target), root.Bytes),
        SlashableContent.Block or SlashableContent.Attestation => new Verdict.Refused(SlashingRule.NumberOutOfRange, "slots and epochs go to 2^63-1"),
        _ => throw new UnreachableException($"no slashing rule is written for {content.GetType().Name}"),
    };

    private static void Record(LedgerTransaction transaction, ValidatorHistory history, SlashableContent content, Root root, long evidence)
    {
        if (content is SlashableContent.Block block)
        {
            BlockRules.Record(transaction, history, (long)block.Slot.Value, root.Bytes, evidence);
        }
        else if (content is SlashableContent.Attestation vote)
        {
            AttestationRules.Record(transaction, history, new Vote((long)vote.Source.Value, (long)vote.Target.Value), root.Bytes, evidence);
        }
    }

    private static HistoryIndex LoadIndex(LedgerTransaction transaction) => new();
}
