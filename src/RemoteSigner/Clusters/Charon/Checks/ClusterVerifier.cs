using static RemoteSigner.Clusters.CheckVerdict;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// Runs every check of a cluster file and tells how each ended. A file is to be trusted when no verdict is
/// <see cref="CheckVerdict.Failed"/>; a check that needs what an earlier one refused fails with it. What each check proves stands in the
/// room's README.
/// </summary>
public static class ClusterVerifier
{
    private static readonly IReadOnlyList<(
        ClusterCheck Check,
        Func<ClusterDefinition, VerificationPolicy, CheckVerdict> Run
    )> _definitionChecks =
    [
        (ClusterCheck.Network, DefinitionChecks.Network),
        (ClusterCheck.Threshold, DefinitionChecks.Threshold),
        (ClusterCheck.ConfigHash, DefinitionChecks.ConfigHash),
        (ClusterCheck.DefinitionHash, DefinitionChecks.DefinitionHash),
        (ClusterCheck.NodeRecords, EthereumSignatureChecks.NodeRecords),
        (ClusterCheck.CreatorSignature, EthereumSignatureChecks.CreatorSignature),
        (ClusterCheck.OperatorSignatures, EthereumSignatureChecks.OperatorSignatures),
    ];

    private static readonly IReadOnlyList<(ClusterCheck Check, ClusterCheck[] Needs, Func<ClusterLock, CheckVerdict> Run)> _lockChecks =
    [
        (ClusterCheck.LockHash, [ClusterCheck.Counts], LockChecks.LockHash),
        (ClusterCheck.PublicKeys, [], KeyChecks.PublicKeys),
        (ClusterCheck.DistinctKeys, [], KeyChecks.DistinctKeys),
        (ClusterCheck.Interpolation, [ClusterCheck.Counts, ClusterCheck.Threshold, ClusterCheck.PublicKeys], KeyChecks.Interpolation),
        (ClusterCheck.Degree, [ClusterCheck.Counts, ClusterCheck.Threshold, ClusterCheck.PublicKeys], KeyChecks.Degree),
        (ClusterCheck.SignatureAggregate, [ClusterCheck.PublicKeys], LockChecks.SignatureAggregate),
        (ClusterCheck.NodeSignatures, [ClusterCheck.Counts, ClusterCheck.NodeRecords], LockChecks.NodeSignatures),
        (ClusterCheck.BuilderRegistrations, [ClusterCheck.Counts], GroupChecks.BuilderRegistrations),
        (ClusterCheck.Deposits, [ClusterCheck.Counts], GroupChecks.Deposits),
    ];

    /// <summary>All checks that a definition alone allows, in the order of <see cref="ClusterCheck"/>.</summary>
    public static IReadOnlyList<CheckResult> Verify(ClusterDefinition definition, VerificationPolicy policy) =>
        InOrder([.. Run(definition, policy), new(ClusterCheck.Counts, DefinitionChecks.Counts(definition))]);

    /// <summary>All checks, in the order of <see cref="ClusterCheck"/>.</summary>
    public static IReadOnlyList<CheckResult> Verify(ClusterLock cluster, VerificationPolicy policy)
    {
        List<CheckResult> results = [.. Run(cluster.Definition, policy), new(ClusterCheck.Counts, LockChecks.Counts(cluster))];
        foreach (var (check, needs, run) in _lockChecks)
        {
            var refused = results
                .Where(result => result.Verdict is Failed && needs.Contains(result.Check))
                .Select(result => result.Check)
                .ToList();
            results.Add(new(check, refused.Count == 0 ? run(cluster) : Blocked(refused)));
        }

        return InOrder(results);
    }

    private static IEnumerable<CheckResult> Run(ClusterDefinition definition, VerificationPolicy policy) =>
        _definitionChecks.Select(check => new CheckResult(check.Check, check.Run(definition, policy)));

    private static Failed Blocked(IEnumerable<ClusterCheck> refused) =>
        new($"cannot be told without: {string.Join(", ", refused.Select(ClusterCheckCodes.Code))}", "see there first");

    private static IReadOnlyList<CheckResult> InOrder(IEnumerable<CheckResult> results) => [.. results.OrderBy(result => result.Check)];
}
