using RemoteSigner.Clusters.Charon;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>
/// Makes a lock of a genuine one's public keys and nothing else (a rogue-key attack): the same validators and nodes, fees and stake to the
/// thief, and one more validator whose public shares are a(j)·G + d(j)·S, where S is the sum of all genuine public shares, d(0) = d(1) = 0
/// and Σ d(j) = −1. Then the sum of all shares is Σ a(j)·G, and the thief alone signs for all of them. Version 1.5 asks for no other
/// signature.
/// </summary>
internal static class LockThief
{
    public const string Address = "0xdededededededededededededededededededede";

    /// <summary>The secret of the first operator's share of the added validator, which the thief puts into a keystore.</summary>
    public const ulong FirstShare = 23;

    private const int Operators = 4;

    // a(x) = 5 + 7x + 11x², d(x) = −x(x − 1) / 20: the sum over 1 to 4 is 0 + 2 + 6 + 12.
    private static ulong Known(ulong x) => 5 + (7 * x) + (11 * x * x);

    /// <summary>A lock of four operators, three of whom sign, by which the first is robbed.</summary>
    public static ClusterLock Forge(ClusterLock genuine)
    {
        byte[][] shares = [.. genuine.Validators.SelectMany(validator => validator.PublicShares).Select(share => share.Bytes.ToArray())];
        var sum = PublicKeys.Combine(shares, [.. shares.Select(_ => BlsScalar.FromIndex(1))]);
        var definition = LockForge.Hash(Definition(genuine.Definition));
        var forged = new ClusterLock
        {
            Definition = definition with { DefinitionHash = DefinitionHash.Definition(definition) },
            Validators =
            [
                .. genuine.Validators.Select(validator => validator with { Deposits = [], Registration = null }),
                Added(sum.Bytes.ToArray()),
            ],
            SignatureAggregate = [],
            LockHash = default,
        };
        forged = forged with { LockHash = LockHash.Compute(forged) };
        return forged with
        {
            SignatureAggregate = [.. PublicKeys.Sign(PublicKeys.Secret(Known(1) + Known(2) + Known(3) + Known(4)), forged.LockHash.Bytes)],
        };
    }

    private static ClusterDefinition Definition(ClusterDefinition genuine) =>
        new()
        {
            Version = new ClusterVersion(5),
            Name = genuine.Name,
            Uuid = genuine.Uuid,
            Timestamp = genuine.Timestamp,
            NumValidators = genuine.NumValidators + 1,
            Threshold = 3,
            DkgAlgorithm = "default",
            ForkVersion = genuine.ForkVersion,
            Operators = [.. genuine.Operators.Select(member => new ClusterOperator("", member.Enr, [], []))],
            Creator = new ClusterCreator("", []),
            ValidatorAddresses = [.. Enumerable.Repeat(new ValidatorAddresses(Address, Address), genuine.NumValidators + 1)],
            ConfigHash = default,
            DefinitionHash = default,
        };

    private static ClusterValidator Added(byte[] sum) =>
        new()
        {
            GroupKey = PublicKeys.Of(PublicKeys.Secret(Known(0))),
            PublicShares = [.. Enumerable.Range(1, Operators).Select(j => Share((ulong)j, sum))],
            Deposits = [],
        };

    private static BlsPublicKey Share(ulong j, byte[] sum)
    {
        var minusOne = BlsScalar.FromIndex(1) - BlsScalar.FromIndex(2);
        return j == 1
            ? PublicKeys.Of(PublicKeys.Secret(Known(1)))
            : PublicKeys.Combine(
                [PublicKeys.Of(PublicKeys.Secret(1)).Bytes.ToArray(), sum],
                [BlsScalar.FromIndex(Known(j)), minusOne * BlsScalar.FromIndex(j * (j - 1)) * BlsScalar.FromIndex(20).Inverse()]
            );
    }
}
