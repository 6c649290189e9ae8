using System.Diagnostics;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// What only a signer that knows the cluster of its share can hold against a message (the room's README says what each rule is worth).
/// Blocks, votes and every other duty of each slot pass at the cost of one comparison of types; a selection proof costs one pairing, about
/// a millisecond.
/// </summary>
/// <param name="maxTopUp">In Gwei: up to this a deposit may have an amount that the lock does not have; 0: none may.</param>
public sealed class ClusterRules(
    Network network,
    RegistrationPolicy registrations,
    BuilderPolicy builders,
    PayloadVotes payloadVotes,
    ClusterLibrary clusters,
    ulong maxTopUp = 0
)
{
    /// <summary>
    /// Null when it may be signed <paramref name="message"/> with the key <paramref name="share"/> of a validator whose group
    /// key is <paramref name="group"/>; its place in its cluster is known or not.
    /// </summary>
    /// <param name="isToBeSigned">False where it is only asked, or will be refused: nothing is remembered of it.</param>
    public ClusterRefusal? Refusal(
        BlsPublicKey share,
        BlsPublicKey? group,
        ClusterMembership? membership,
        SignableMessage message,
        bool isToBeSigned = true
    ) =>
        message switch
        {
            // Of these no lock says anything, and no threshold of nodes has to have agreed before.
            Attestation
            or Block
            or RandaoReveal
            or AggregationSlot
            or SyncCommitteeMessage
            or SyncCommitteeSelectionProof
            or VoluntaryExit
            or ClusterLockMessage
            or BuilderRequestAuth => null,
            AggregateAndProof proof => OtherThan(share, group) is { } other
                ? ProofRefusal(other, proof.Selection, proof.SelectionProof)
                : null,
            SyncCommitteeContributionAndProof proof => OtherThan(share, group) is { } other
                ? ProofRefusal(other, proof.Selection, proof.SelectionProof)
                : null,
            ValidatorRegistration registration => RegistrationRefusal(share, group, membership, registration),
            ProposerPreferences preferences => WishRefusal(share, group, membership, preferences.FeeRecipient, preferences.TargetGasLimit),
            PayloadAttestation vote => payloadVotes.Refusal(share, vote, vote.HashTreeRoot(network), isToBeSigned),
            ExecutionPayloadEnvelope { BuilderIndex: ExecutionPayloadEnvelope.SelfBuilt } => null,
            ExecutionPayloadEnvelope envelope => BuilderRefusal(share, $"the envelope is of the builder {envelope.BuilderIndex}"),
            ExecutionPayloadBid bid => BuilderRefusal(share, $"a bid of the builder {bid.BuilderIndex}") ?? BidRefusal(bid),
            Deposit deposit => DepositRefusal(group ?? share, membership, deposit),
            _ => throw new UnreachableException($"what a cluster holds against {message.GetType().Name} is not decided"),
        };

    // A whole key is its own group, and what it signs proves nothing about others.
    private static BlsPublicKey? OtherThan(BlsPublicKey share, BlsPublicKey? group) => group == share ? null : group;

    private ClusterRefusal? ProofRefusal(BlsPublicKey group, SignableMessage selection, BlsSignature proof) =>
        Bls.Verify(group.Bytes, selection.SigningRoot(network).Bytes, proof.Bytes)
            ? null
            : new(
                ClusterRule.SelectionProofNotOfGroup,
                $"the selection proof is no signature of slot {selection.DutySlot} by the group key {group}"
            );

    private ClusterRefusal? RegistrationRefusal(
        BlsPublicKey share,
        BlsPublicKey? group,
        ClusterMembership? membership,
        ValidatorRegistration registration
    )
    {
        // A share whose group is not known registers the group with SSV's nodes, and nobody here can say whether that is it.
        if (group is { } known && registration.PublicKey != known && registration.PublicKey != share)
        {
            return new(
                ClusterRule.RegistrationForAnotherKey,
                $"the registration is for {registration.PublicKey}, which is neither the key {share} nor its group key {known}"
            );
        }

        return WishRefusal(share, group, membership, registration.FeeRecipient, registration.GasLimit);
    }

    // Where the fees go, and the gas limit: what a registration tells all builders, and preferences those of one slot.
    private ClusterRefusal? WishRefusal(
        BlsPublicKey share,
        BlsPublicKey? group,
        ClusterMembership? membership,
        ExecutionAddress feeRecipient,
        ulong gasLimit
    )
    {
        if (gasLimit < registrations.MinGasLimit || gasLimit > registrations.MaxGasLimit)
        {
            return new(
                ClusterRule.GasLimitOutsideBand,
                $"the gas limit {gasLimit} is not within {registrations.MinGasLimit} to {registrations.MaxGasLimit}"
            );
        }

        return registrations.FeeRecipients.Contains(feeRecipient) ? null : FeeRecipientRefusal(group ?? share, membership, feeRecipient);
    }

    private ClusterRefusal? BuilderRefusal(BlsPublicKey share, string what) =>
        builders.Keys.Contains(share) ? null : new(ClusterRule.NotABuilder, $"{what}, and {share} is none of builder.keys in signer.json");

    private ClusterRefusal? BidRefusal(ExecutionPayloadBid bid) =>
        bid.Value > builders.MaxBid
            ? new(ClusterRule.BidAboveLimit, $"the bid is {bid.Value} Gwei, above builder.maxBidGwei of {builders.MaxBid}")
        : bid.ExecutionPayment > 0 && !builders.AllowsExecutionPayment
            ? new(
                ClusterRule.BidAboveLimit,
                $"the bid promises a payment of {bid.ExecutionPayment} Gwei, and builder.executionPayment in signer.json is false"
            )
        : null;

    // For an address that is not on the list.
    private ClusterRefusal? FeeRecipientRefusal(BlsPublicKey validator, ClusterMembership? membership, ExecutionAddress recipient)
    {
        ExecutionAddress? locked = null;
        if (membership is not null)
        {
            if (clusters.Find(membership) is not { } document)
            {
                return Missing(membership);
            }

            locked = document.FeeRecipientOf(validator);
        }

        return recipient == locked || (locked is null && registrations.FeeRecipients.Count == 0)
            ? null
            : new(
                ClusterRule.FeeRecipientNotAllowed,
                $"the fee recipient {recipient} is "
                    + $"{(locked is { } own ? $"not the cluster lock's {own}, and " : "")}not one of registrations.feeRecipients"
            );
    }

    private ClusterRefusal? DepositRefusal(BlsPublicKey group, ClusterMembership? membership, Deposit deposit)
    {
        if (deposit.PublicKey != group)
        {
            return new(
                ClusterRule.DepositForAnotherKey,
                $"the deposit is for {deposit.PublicKey}, the key that is to sign it belongs to {group}"
            );
        }

        return membership is null ? null
            : clusters.Find(membership) is not { } document ? Missing(membership)
            : document.DepositProblem(deposit, maxTopUp) is { } problem ? new(ClusterRule.DepositNotOfCluster, $"the deposit {problem}")
            : null;
    }

    private static ClusterRefusal Missing(ClusterMembership membership) =>
        new(
            ClusterRule.ClusterDocumentMissing,
            $"the document of the cluster {membership.ClusterHash} is not in the "
                + "archive, or damaged: put it back from another operator's copy"
        );
}
