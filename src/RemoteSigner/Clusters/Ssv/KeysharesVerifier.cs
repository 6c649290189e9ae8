using RemoteSigner.Spec;
using static RemoteSigner.Clusters.CheckVerdict;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// Runs every check of a <c>keyshares.json</c> on every validator in it. A file is to be trusted when no verdict is
/// <see cref="CheckVerdict.Failed"/>; a check that needs what an earlier one refused fails with it. What each check proves stands in the
/// room's README.
/// </summary>
public static class KeysharesVerifier
{
    private static readonly IReadOnlyList<(
        KeysharesCheck Check,
        KeysharesCheck[] Needs,
        Func<ValidatorShares, CheckVerdict> Run
    )> _checks =
    [
        (KeysharesCheck.ClusterSize, [], OperatorChecks.ClusterSize),
        (KeysharesCheck.OperatorIds, [], OperatorChecks.Ids),
        (KeysharesCheck.OperatorKeys, [], OperatorChecks.Keys),
        (KeysharesCheck.SharesData, [], ShareChecks.SharesLength),
        (KeysharesCheck.ValidatorKey, [], ShareChecks.ValidatorKey),
        (KeysharesCheck.PublicKeys, [KeysharesCheck.SharesData], ShareChecks.PublicKeys),
        (KeysharesCheck.DistinctKeys, [KeysharesCheck.SharesData], ShareChecks.DistinctKeys),
        (
            KeysharesCheck.Interpolation,
            [KeysharesCheck.ClusterSize, KeysharesCheck.OperatorIds, KeysharesCheck.PublicKeys],
            ShareChecks.Interpolation
        ),
        (KeysharesCheck.Degree, [KeysharesCheck.ClusterSize, KeysharesCheck.OperatorIds, KeysharesCheck.PublicKeys], ShareChecks.Degree),
        (KeysharesCheck.OwnerSignature, [KeysharesCheck.SharesData, KeysharesCheck.PublicKeys], ShareChecks.OwnerSignature),
    ];

    /// <summary>Ten verdicts for each validator, in the order of the file and of <see cref="KeysharesCheck"/>.</summary>
    public static IReadOnlyList<KeysharesVerdict> Verify(KeysharesFile file)
    {
        var owners = file
            .Validators.SelectMany((validator, i) => KeysOf(validator).Distinct().Select(key => (Key: key, Position: i)))
            .ToLookup(pair => pair.Key, pair => pair.Position);
        return
        [
            .. file.Validators.SelectMany(
                (validator, i) => Verify(validator, i).Select(verdict => AmongOthers(verdict, validator, owners))
            ),
        ];
    }

    private static List<KeysharesVerdict> Verify(ValidatorShares validator, int position)
    {
        List<KeysharesVerdict> verdicts = [];
        foreach (var (check, needs, run) in _checks)
        {
            var refused = verdicts
                .Where(verdict => verdict.Verdict is Failed && needs.Contains(verdict.Check))
                .Select(verdict => verdict.Code)
                .ToList();
            verdicts.Add(
                new(
                    position,
                    check,
                    refused.Count == 0
                        ? run(validator)
                        : new Failed($"cannot be told without: {string.Join(", ", refused)}", "see there first")
                )
            );
        }

        return verdicts;
    }

    // A key of another validator's in the same file.
    private static KeysharesVerdict AmongOthers(KeysharesVerdict verdict, ValidatorShares validator, ILookup<BlsPublicKey, int> owners) =>
        verdict is { Check: KeysharesCheck.DistinctKeys, Verdict: Passed }
        && KeysOf(validator).FirstOrDefault(key => owners[key].Count() > 1) is var key
        && owners[key].Any()
            ? verdict with
            {
                Verdict = new Failed(
                    $"{key} also stands under shares[{owners[key].First(other => other != verdict.Position)}]",
                    ShareChecks.BadDealing
                ),
            }
            : verdict;

    private static IEnumerable<BlsPublicKey> KeysOf(ValidatorShares validator) =>
        validator.HasWholeSharesData ? validator.PublicShares.Append(validator.GroupKey) : [validator.GroupKey];
}
