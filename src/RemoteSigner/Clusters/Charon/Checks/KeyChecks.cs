using RemoteSigner.Native;
using RemoteSigner.Spec;
using static RemoteSigner.Clusters.CheckVerdict;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Checks of the keys themselves: points, all different, and shares of what they are said to be shares of.</summary>
internal static class KeyChecks
{
    private const string BadDealing = "the keys were dealt wrongly: do not use this cluster, make it anew";

    public static CheckVerdict PublicKeys(ClusterLock cluster)
    {
        foreach (var (key, name) in Keys(cluster))
        {
            if (!Bls.IsPublicKey(key.Bytes))
            {
                return new Failed($"{name} is no point of the group, or infinity", CheckText.Restore);
            }
        }

        return new Passed($"{Keys(cluster).Count()} points");
    }

    public static CheckVerdict DistinctKeys(ClusterLock cluster)
    {
        var seen = new Dictionary<BlsPublicKey, string>();
        foreach (var (key, name) in Keys(cluster))
        {
            if (!seen.TryAdd(key, name))
            {
                return new Failed($"{name} is the same key as {seen[key]}", BadDealing);
            }
        }

        return new Passed("no key stands twice");
    }

    public static CheckVerdict Interpolation(ClusterLock cluster)
    {
        for (var i = 0; i < cluster.Validators.Length; i++)
        {
            if (SharesOf(cluster.Validators[i]).FindStray(cluster.Validators[i].GroupKey, cluster.Definition.Threshold) is { } stray)
            {
                return new Failed(
                    $"share {stray} of {CheckText.Validator(i)} does not lie on the polynomial of the group key, or one before it does not",
                    BadDealing
                );
            }
        }

        return new Passed("every share lies on the polynomial of its group key");
    }

    public static CheckVerdict Degree(ClusterLock cluster)
    {
        for (var i = 0; i < cluster.Validators.Length; i++)
        {
            if (SharesOf(cluster.Validators[i]).HasTooLowDegree(cluster.Definition.Threshold))
            {
                return new Failed(
                    $"fewer than {cluster.Definition.Threshold} shares of "
                        + $"{CheckText.Validator(i)} give its key: the polynomial's degree is too low",
                    BadDealing
                );
            }
        }

        return new Passed($"degree {cluster.Definition.Threshold - 1}, not less");
    }

    private static PublicShares SharesOf(ClusterValidator validator) =>
        new(validator.PublicShares.Select((share, i) => KeyValuePair.Create((ulong)i + 1, share)));

    private static IEnumerable<(BlsPublicKey Key, string Name)> Keys(ClusterLock cluster) =>
        cluster.Validators.SelectMany(
            (validator, i) =>
                validator
                    .PublicShares.Select((share, j) => (share, $"share {j + 1} of {CheckText.Validator(i)}"))
                    .Prepend((validator.GroupKey, $"the group key of {CheckText.Validator(i)}"))
        );
}
