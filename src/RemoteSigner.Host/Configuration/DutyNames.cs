using System.Collections.Frozen;
using RemoteSigner.Access;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>How duties are written in <c>signer.json</c>: Web3Signer's type names, one of our own, and two names for groups.</summary>
internal static class DutyNames
{
    private static readonly FrozenDictionary<string, FrozenSet<DutyType>> Known = new Dictionary<string, FrozenSet<DutyType>>
    {
        ["everyday"] = ClientPermissions.EverydayDuties,
        ["all"] = ClientPermissions.AllDuties,
        ["AGGREGATION_SLOT"] = [DutyType.AggregationSlot],
        ["AGGREGATE_AND_PROOF"] = [DutyType.AggregateAndProof],
        ["AGGREGATE_AND_PROOF_V2"] = [DutyType.AggregateAndProof],
        ["ATTESTATION"] = [DutyType.Attestation],
        ["BLOCK"] = [DutyType.Block],
        ["BLOCK_V2"] = [DutyType.Block],
        ["DEPOSIT"] = [DutyType.Deposit],
        ["RANDAO_REVEAL"] = [DutyType.RandaoReveal],
        ["VOLUNTARY_EXIT"] = [DutyType.VoluntaryExit],
        ["SYNC_COMMITTEE_MESSAGE"] = [DutyType.SyncCommitteeMessage],
        ["SYNC_COMMITTEE_SELECTION_PROOF"] = [DutyType.SyncCommitteeSelectionProof],
        ["SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF"] = [DutyType.SyncCommitteeContributionAndProof],
        ["VALIDATOR_REGISTRATION"] = [DutyType.ValidatorRegistration],
        ["PAYLOAD_ATTESTATION_MESSAGE"] = [DutyType.PayloadAttestation],
        ["PAYLOAD_ATTESTATION"] = [DutyType.PayloadAttestation],
        ["PROPOSER_PREFERENCES"] = [DutyType.ProposerPreferences],
        ["BUILDER_REQUEST_AUTH"] = [DutyType.BuilderRequestAuth],
        ["EXECUTION_PAYLOAD_ENVELOPE"] = [DutyType.ExecutionPayloadEnvelope],
        ["EXECUTION_PAYLOAD_BID"] = [DutyType.ExecutionPayloadBid],
        ["CLUSTER_LOCK"] = [DutyType.ClusterLock],
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>All names, for a message.</summary>
    public static string Listing => string.Join(", ", Known.Keys.Order(StringComparer.Ordinal));

    /// <summary>The names of single duties.</summary>
    public static IEnumerable<string> Single =>
        Known.Where(name => name.Value.Count == 1).Select(name => name.Key).Order(StringComparer.Ordinal);

    /// <summary>The duties behind a name, or null.</summary>
    public static FrozenSet<DutyType>? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>The permissions that a client's options describe; they must have been validated.</summary>
    public static ClientPermissions ToPermissions(ClientOptions options) =>
        new(
            options.Keys is null
                ? null
                : new KeySelection(
                    options.Keys.Select(word =>
                        KeySelector.TryParse(word, out var selector) ? selector : throw new FormatException($"'{word}' selects no key")
                    )
                ),
            options.Duties.SelectMany(name => Known[name]).ToFrozenSet()
        )
        {
            ManagesKeys = options.ManageKeys,
            Ssv = SsvNames.Read(options.Ssv),
        };
}
