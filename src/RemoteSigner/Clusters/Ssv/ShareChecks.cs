using RemoteSigner.Native;
using static RemoteSigner.Clusters.CheckVerdict;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>Checks of the keys: points, all different, shares of what they are said to be shares of, and the owner's.</summary>
internal static class ShareChecks
{
    public const string BadDealing = "the keys were dealt wrongly: do not use this file, make it anew";

    public static CheckVerdict SharesLength(ValidatorShares validator) =>
        validator.HasWholeSharesData
            ? new Passed($"{validator.SharesData.Length} bytes")
            : new Failed(
                $"sharesData has {validator.SharesData.Length} bytes, which is not one signature, "
                    + $"{validator.Operators.Length} keys and {validator.Operators.Length} encrypted shares",
                OperatorChecks.Restore
            );

    public static CheckVerdict ValidatorKey(ValidatorShares validator) =>
        validator.GroupKey == validator.PayloadGroupKey
            ? new Passed(validator.GroupKey.ToString())
            : new Failed($"the payload is for {validator.PayloadGroupKey}, the data for {validator.GroupKey}", OperatorChecks.Restore);

    public static CheckVerdict PublicKeys(ValidatorShares validator)
    {
        if (!Bls.IsPublicKey(validator.GroupKey.Bytes))
        {
            return new Failed("the validator's key is no point of the group, or infinity", OperatorChecks.Restore);
        }

        var bad = validator.Operators.Zip(validator.PublicShares).FirstOrDefault(pair => !Bls.IsPublicKey(pair.Second.Bytes));
        return bad.First is null
            ? new Passed($"{validator.Operators.Length + 1} points")
            : new Failed($"the share of operator {bad.First.Id} is no point of the group, or infinity", OperatorChecks.Restore);
    }

    public static CheckVerdict DistinctKeys(ValidatorShares validator)
    {
        var twice = validator.PublicShares.Append(validator.GroupKey).GroupBy(key => key).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? new Passed("no key stands twice") : new Failed($"{twice.Key} stands twice", BadDealing);
    }

    public static CheckVerdict Interpolation(ValidatorShares validator) =>
        Points(validator).FindStray(validator.GroupKey, validator.Threshold) is { } stray
            ? new Failed(
                $"the share of operator {stray} does not lie on the polynomial of the validator's key, or one before it does not",
                BadDealing
            )
            : new Passed("every share lies on the polynomial of the validator's key");

    public static CheckVerdict Degree(ValidatorShares validator) =>
        Points(validator).HasTooLowDegree(validator.Threshold)
            ? new Failed(
                $"fewer than {validator.Threshold} shares give the validator's key: the polynomial's degree is too low",
                BadDealing
            )
            : new Passed($"degree {validator.Threshold - 1}, not less");

    public static CheckVerdict OwnerSignature(ValidatorShares validator) =>
        Bls.Verify(validator.GroupKey.Bytes, OwnerAccount.Digest(validator.OwnerAddress, validator.OwnerNonce), validator.OwnerSignature)
            ? new Passed($"{OwnerAccount.Checksummed(validator.OwnerAddress)}, nonce {validator.OwnerNonce}")
            : new Failed(
                "the validator's key did not sign for owner "
                    + $"{OwnerAccount.Checksummed(validator.OwnerAddress)} and nonce {validator.OwnerNonce}",
                "the contract's operators would ignore this registration: make the file anew with the owner's current nonce"
            );

    private static PublicShares Points(ValidatorShares validator) =>
        new(validator.Operators.Zip(validator.PublicShares, (member, share) => KeyValuePair.Create(member.Id, share)));
}
