using System.Collections.Immutable;
using System.Globalization;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>
/// Makes genuine locks of every version from the secrets of one vector: same keys and nodes, accounts of its own. Everything is
/// deterministic. What a test changes between two steps is signed with the rest: that is how a lock gets bad in one way only.
/// </summary>
internal sealed class LockForge(ForkVersion? network = null, ulong? chainId = null) : IDisposable
{
    private const string Source = "lock-v1_10-4of3";
    private static readonly ECDomainParameters _curve = new(CustomNamedCurves.GetByName("secp256k1"));

    private readonly SecretArena _arena = new();
    private readonly ClusterLock _source = ClusterVectors.Lock(Source);
    private readonly ForkVersion _fork = network ?? ForkVersion.Parse("0x10000910");

    public void Dispose() => _arena.Dispose();

    public static BigInteger Account(int position) => new(1, Keccak256.Hash([(byte)position]));

    /// <summary>A genuine lock of a version; <paramref name="change"/> edits the definition before anything is hashed or signed.</summary>
    public ClusterLock Make(ClusterVersion version, Func<ClusterDefinition, ClusterDefinition>? change = null) =>
        Finish(
            new ClusterLock
            {
                Definition = Sign(Hash((change ?? (same => same))(Definition(version)))),
                Validators = [.. _source.Validators.Select((validator, i) => Validator(version, validator, i))],
                SignatureAggregate = [],
                LockHash = default,
            }
        );

    /// <summary>Hashes, and has the accounts sign, a definition; operators without an address stay unsigned.</summary>
    public ClusterDefinition Sign(ClusterDefinition definition)
    {
        if (definition.Version.HasTypedSignatures && (chainId ?? ClusterChain.Find(definition.ForkVersion)?.ChainId) is { } chain)
        {
            definition = definition with
            {
                Creator = definition.Creator is { Address.Length: > 0 } creator
                    ? creator with
                    {
                        ConfigSignature = Sign(Account(0), TypedSignature.CreatorDigest(definition, chain)),
                    }
                    : definition.Creator,
                Operators =
                [
                    .. definition.Operators.Select(
                        (member, i) =>
                            member.Address.Length == 0
                                ? member
                                : member with
                                {
                                    ConfigSignature = Sign(Account(i), TypedSignature.OperatorDigest(definition, chain)),
                                    EnrSignature = Sign(Account(i), TypedSignature.EnrDigest(member.Enr, chain)),
                                }
                    ),
                ],
            };
        }

        return definition with
        {
            DefinitionHash = DefinitionHash.Definition(definition),
        };
    }

    public static ClusterDefinition Hash(ClusterDefinition definition) =>
        definition with
        {
            ConfigHash = DefinitionHash.Config(definition),
        };

    /// <summary>Hashes the lock and has all shares and all nodes sign it.</summary>
    public ClusterLock Finish(ClusterLock cluster)
    {
        cluster = cluster with { LockHash = LockHash.Compute(cluster) };
        List<byte[]> partials = [.. Shares().Select(share => Sign(share, cluster.LockHash))];
        var aggregate = new byte[BlsSignature.Length];
        Bls.Combine(partials, [.. partials.Select(_ => BlsScalar.FromIndex(1))], aggregate);
        return cluster with
        {
            SignatureAggregate = [.. aggregate],
            NodeSignatures = cluster.Definition.Version.HasRegistrations
                ? [.. Enumerable.Range(0, 4).Select(node => Sign(NodeKey(node), cluster.LockHash.Bytes.ToArray()))]
                : [],
        };
    }

    public static ImmutableArray<byte> Sign(BigInteger key, byte[] digest)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, new ECPrivateKeyParameters(key, _curve));
        var numbers = signer.GenerateSignature(digest);
        var low = numbers[1].CompareTo(_curve.N.ShiftRight(1)) > 0 ? _curve.N.Subtract(numbers[1]) : numbers[1];
        byte[] signature = [.. BigIntegers(numbers[0]), .. BigIntegers(low)];
        var publicKey = _curve.G.Multiply(key).Normalize().GetEncoded(compressed: true);
        return [.. signature, Secp256k1.Recover(digest, [.. signature, 0])?.SequenceEqual(publicKey) == true ? (byte)0 : (byte)1];
    }

    public byte[] Sign(string secret, Root root)
    {
        var signature = new byte[BlsSignature.Length];
        using var key = BlsSecretKey.FromBigEndian(_arena, Convert.FromHexString(secret[2..]));
        key.Sign(root.Bytes, signature);
        return signature;
    }

    private ClusterDefinition Definition(ClusterVersion version) =>
        new()
        {
            Version = version,
            Name = "forged",
            Uuid = "00000000-0000-4000-8000-000000000001",
            Timestamp = "2026-01-01T00:00:00Z",
            NumValidators = 2,
            Threshold = 3,
            DkgAlgorithm = "default",
            ForkVersion = _fork,
            Operators =
            [
                .. _source.Definition.Operators.Select(
                    (member, i) => new ClusterOperator(version.HasTypedSignatures ? Address(i) : "", member.Enr, [], [])
                ),
            ],
            Creator = version.HasCreator ? new ClusterCreator(Address(0), []) : null,
            ValidatorAddresses = version.HasAddressesPerValidator
                ? _source.Definition.ValidatorAddresses
                : _source.Definition.ValidatorAddresses[..1],
            DepositAmounts = version.HasDepositAmounts ? [1_000_000_000, 32_000_000_000] : [],
            ConsensusProtocol = version.HasConsensusProtocol ? "qbft" : "",
            TargetGasLimit = version.HasGasLimit ? 60_000_000UL : 0,
            ConfigHash = default,
            DefinitionHash = default,
        };

    private ClusterValidator Validator(ClusterVersion version, ClusterValidator source, int position) =>
        new()
        {
            GroupKey = source.GroupKey,
            PublicShares = source.PublicShares,
            Deposits =
                version.HasDepositAmounts ? [Deposit(source, 1_000_000_000, position), Deposit(source, 32_000_000_000, position)]
                : version.HasDeposits ? [Deposit(source, 32_000_000_000, position)]
                : [],
            Registration = version.HasRegistrations ? source.Registration : null,
        };

    private SignedDeposit Deposit(ClusterValidator source, ulong amount, int position)
    {
        var message = new Deposit(source.GroupKey, source.Deposits[0].WithdrawalCredentials, amount, _fork);
        return new(
            message.PublicKey,
            message.WithdrawalCredentials,
            amount,
            new BlsSignature(Sign(GroupSecret(position), message.SigningRoot(ClusterChain.GenesisOf(_fork))))
        );
    }

    private static string GroupSecret(int position) => ClusterVectors.Secrets(Source)["group_secrets"]![position]!.GetValue<string>();

    private static IEnumerable<string> Shares() =>
        ClusterVectors.Secrets(Source)["shares"]!
            .AsArray()
            .SelectMany(shares => shares!.AsArray())
            .Select(share => share!.GetValue<string>());

    private static BigInteger NodeKey(int node) =>
        new(File.ReadAllText(Path.Combine(ClusterVectors.NodeFolder(Source, node), "charon-enr-private-key")).Trim(), 16);

    private static string Address(int position) =>
        Secp256k1.Address(_curve.G.Multiply(Account(position)).Normalize().GetEncoded(compressed: true)).ToString();

    private static byte[] BigIntegers(BigInteger number) =>
        Convert.FromHexString(number.ToString(16).PadLeft(64, '0').ToUpper(CultureInfo.InvariantCulture));
}
