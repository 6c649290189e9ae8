using System.Collections.Frozen;
using RemoteSigner.Spec;

namespace RemoteSigner.Access;

/// <summary>What one client may ask for. <paramref name="Keys"/> null means every key; duties that are not named are denied.</summary>
public sealed record ClientPermissions(KeySelection? Keys, FrozenSet<DutyType> Duties)
{
    /// <summary>
    /// Duties that a validator performs by itself, slot by slot. Exits and deposits move a validator's stake, a cluster lock says who holds
    /// it: these must be granted by name. A duty that is new to this program is granted to nobody until it is written here.
    /// </summary>
    public static FrozenSet<DutyType> EverydayDuties { get; } =
    [
        DutyType.AggregationSlot,
        DutyType.AggregateAndProof,
        DutyType.Attestation,
        DutyType.Block,
        DutyType.RandaoReveal,
        DutyType.SyncCommitteeMessage,
        DutyType.SyncCommitteeSelectionProof,
        DutyType.SyncCommitteeContributionAndProof,
        DutyType.ValidatorRegistration,
        DutyType.PayloadAttestation,
        DutyType.ProposerPreferences,
        DutyType.BuilderRequestAuth,
        DutyType.ExecutionPayloadEnvelope,
    ];

    /// <summary>
    /// Every duty of a validator. A cluster lock is none of them, nor is a builder's bid, which commits its stake: these take their own
    /// names, even for those who may do everything else.
    /// </summary>
    public static FrozenSet<DutyType> AllDuties { get; } = [.. EverydayDuties, DutyType.VoluntaryExit, DutyType.Deposit];

    /// <summary>May it bring keys in and take them out? Not part of any group of duties.</summary>
    public bool ManagesKeys { get; init; }

    /// <summary>The endpoints of ssv-signer that it may use.</summary>
    public FrozenSet<SsvRight> Ssv { get; init; } = FrozenSet<SsvRight>.Empty;

    /// <summary>What both allow.</summary>
    public ClientPermissions Narrowed(ClientPermissions other) =>
        new(
            Keys is null ? other.Keys
                : other.Keys is null ? Keys
                : Keys.And(other.Keys),
            Duties.Intersect(other.Duties).ToFrozenSet()
        )
        {
            ManagesKeys = ManagesKeys && other.ManagesKeys,
            Ssv = Ssv.Intersect(other.Ssv).ToFrozenSet(),
        };

    /// <summary>May it see that the key exists? <paramref name="describe"/> says what is known of an open key.</summary>
    public bool Allows(BlsPublicKey key, Func<BlsPublicKey, KeyTraits?> describe) => Keys is null || Keys.Allows(key, describe);

    public bool Allows(BlsPublicKey key, DutyType duty, Func<BlsPublicKey, KeyTraits?> describe) =>
        Duties.Contains(duty) && Allows(key, describe);
}
