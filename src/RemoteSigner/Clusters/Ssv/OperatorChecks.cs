using static RemoteSigner.Clusters.CheckVerdict;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>Checks of who the operators are and how many.</summary>
internal static class OperatorChecks
{
    public const string Restore = "take the file from whoever made it; never go on with this one";

    public static CheckVerdict ClusterSize(ValidatorShares validator) =>
        validator.Operators.Length is 4 or 7 or 10 or KeysharesJson.MaxOperators
            ? new Passed($"{validator.Threshold} of {validator.Operators.Length}")
            : new Failed(
                $"there are {validator.Operators.Length} operators, not 4, 7, 10 or 13",
                "SSV's contract takes no other clusters: make the file anew"
            );

    public static CheckVerdict Ids(ValidatorShares validator)
    {
        var ids = validator.Operators.Select(member => member.Id).ToList();
        if (!validator.OperatorIds.SequenceEqual(ids))
        {
            return new Failed(
                $"operatorIds are {string.Join(", ", validator.OperatorIds)}, the operators' own {string.Join(", ", ids)}",
                Restore
            );
        }

        return ids.Contains(0) || ids.Zip(ids.Skip(1)).Any(pair => pair.First >= pair.Second)
            ? new Failed(
                $"the ids {string.Join(", ", ids)} do not rise from 1 or above",
                "shares are evaluated at the ids: make the file anew"
            )
            : new Passed(string.Join(", ", ids));
    }

    public static CheckVerdict Keys(ValidatorShares validator)
    {
        var seen = new Dictionary<OperatorPublicKey, ulong>();
        foreach (var (id, text) in validator.Operators)
        {
            if (!OperatorPublicKey.TryParse(text, out var key))
            {
                return new Failed($"operator {id} has no RSA key of 2048 bits: base64 of a PEM", Restore);
            }

            if (!seen.TryAdd(key, id))
            {
                return new Failed($"operator {id} has the key of operator {seen[key]}: one of them would have two shares", Restore);
            }
        }

        return new Passed($"{seen.Count} RSA keys");
    }
}
