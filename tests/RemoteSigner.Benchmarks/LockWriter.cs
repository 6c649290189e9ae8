using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Deals validators to four Charon nodes of its own and writes genuine locks of them, with an unsigned definition, as <c>charon create
/// cluster</c> does; 3 of 4. The first node is ours.
/// </summary>
internal sealed class LockWriter : IDisposable
{
    private const int Nodes = 4;
    private const int Threshold = 3;
    private const ulong Amount = 32_000_000_000;

    private static readonly ECDomainParameters _curve = new(CustomNamedCurves.GetByName("secp256k1"));
    private static readonly ForkVersion _fork = ForkVersion.Parse("0x10000910");
    private static readonly ValidatorAddresses _addresses = new(
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
    );

    private readonly SecretArena _arena = new();
    private readonly BigInteger[] _nodes =
    [
        .. Enumerable.Range(0, Nodes).Select(_ => new BigInteger(1, RandomNumberGenerator.GetBytes(32)).Mod(_curve.N)),
    ];

    /// <summary>A validator's own key and its shares, in the order of the nodes.</summary>
    internal sealed record Dealt(BlsSecretKey Group, IReadOnlyList<BlsSecretKey> Shares);

    public void Dispose() => _arena.Dispose();

    /// <summary>Validators whose keys live as long as this.</summary>
    public IReadOnlyList<Dealt> Deal(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    BlsSecretKey[] polynomial =
                    [
                        .. Enumerable.Range(0, Threshold).Select(_ => BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32))),
                    ];
                    return new Dealt(
                        polynomial[0],
                        [.. Enumerable.Range(1, Nodes).Select(index => BlsSecretKey.Share(_arena, polynomial, (ulong)index))]
                    );
                }),
        ];

    /// <summary>The lock of these validators.</summary>
    public byte[] Write(IReadOnlyList<Dealt> validators)
    {
        var definition = new ClusterDefinition
        {
            Version = ClusterVersion.All.Last(),
            Name = "bench",
            Uuid = "00000000-0000-4000-8000-000000000001",
            Timestamp = "2026-01-01T00:00:00Z",
            NumValidators = validators.Count,
            Threshold = Threshold,
            DkgAlgorithm = "default",
            ForkVersion = _fork,
            Operators = [.. _nodes.Select(node => new ClusterOperator("", Record(node), [], []))],
            Creator = new ClusterCreator("", []),
            ValidatorAddresses = [.. validators.Select(_ => _addresses)],
            DepositAmounts = [Amount],
            ConsensusProtocol = "qbft",
            TargetGasLimit = 60_000_000,
            ConfigHash = default,
            DefinitionHash = default,
        };
        definition = definition with { ConfigHash = DefinitionHash.Config(definition) };
        definition = definition with { DefinitionHash = DefinitionHash.Definition(definition) };
        var cluster = new ClusterLock
        {
            Definition = definition,
            Validators = [.. validators.Select((one, position) => Validator(definition, one, position))],
            SignatureAggregate = [],
            LockHash = default,
        };
        cluster = cluster with { LockHash = LockHash.Compute(cluster) };
        List<byte[]> partials = [.. validators.SelectMany(one => one.Shares).Select(share => Sign(share, cluster.LockHash))];
        var aggregate = new byte[BlsSignature.Length];
        Bls.Combine(partials, [.. partials.Select(_ => BlsScalar.FromIndex(1))], aggregate);
        return LockJsonWriter.Write(
            cluster with
            {
                SignatureAggregate = [.. aggregate],
                NodeSignatures = [.. _nodes.Select(node => Sign(node, cluster.LockHash.Bytes.ToArray()))],
            }
        );
    }

    /// <summary>
    /// Our node's folder, with the keystores of the validators from this position on: as Charon writes them where nothing is said, or quick
    /// to open.
    /// </summary>
    public void WriteNode(string folder, IReadOnlyList<Dealt> validators, int from, bool isQuick)
    {
        var node = new NodeFolder(folder);
        Directory.CreateDirectory(node.KeystoreFolder);
        File.WriteAllText(node.NodeKeyFile, _nodes[0].ToString(16).PadLeft(64, '0'));
        Parallel.For(from, validators.Count, position =>
        {
            var share = validators[position].Shares[0];
            if (isQuick)
            {
                KeystoreWriter.Write(_arena, node.KeystoreFolder, position, share, SignerHome.Password);
                return;
            }

            using var password = Keys.KeystoreWriting.NewPassword(_arena);
            File.WriteAllBytes(node.KeystoreFile(position), Keys.KeystoreWriting.Write(share, PublicKey(share), password, _arena));
            File.WriteAllBytes(node.PasswordFile(position), password.Span);
        });
    }

    private static ClusterValidator Validator(ClusterDefinition definition, Dealt one, int position)
    {
        var group = PublicKey(one.Group);
        var network = ClusterChain.GenesisOf(_fork);
        var deposit = new Deposit(group, LockedDeposits.CredentialsOf(definition, position)!.Value, Amount, _fork);
        var registration = new ValidatorRegistration(ExecutionAddress.Parse(_addresses.FeeRecipient), 60_000_000, 1_700_000_000, group);
        return new ClusterValidator
        {
            GroupKey = group,
            PublicShares = [.. one.Shares.Select(PublicKey)],
            Deposits =
            [
                new SignedDeposit(
                    group,
                    deposit.WithdrawalCredentials,
                    Amount,
                    new BlsSignature(Sign(one.Group, deposit.SigningRoot(network)))
                ),
            ],
            Registration = new SignedRegistration(registration, new BlsSignature(Sign(one.Group, registration.SigningRoot(network)))),
        };
    }

    // EIP-778: a list in RLP that is signed by the key in it.
    private static string Record(BigInteger node)
    {
        byte[] content = [.. Item([1]), .. Item("id"u8), .. Item("v4"u8), .. Item("secp256k1"u8), .. Item(Public(node))];
        byte[] signed = [.. Item(Sign(node, Keccak256.Hash(List(content))).AsSpan()[..64]), .. content];
        return "enr:" + Base64Url.EncodeToString(List(signed));
    }

    private static byte[] Item(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 1 && bytes[0] < 0x80 ? [bytes[0]]
        : bytes.Length < 56 ? [(byte)(0x80 + bytes.Length), .. bytes]
        : [0xb8, (byte)bytes.Length, .. bytes];

    private static byte[] List(byte[] content) =>
        content.Length < 56 ? [(byte)(0xc0 + content.Length), .. content] : [0xf8, (byte)content.Length, .. content];

    private static byte[] Public(BigInteger key) => _curve.G.Multiply(key).Normalize().GetEncoded(compressed: true);

    private static ImmutableArray<byte> Sign(BigInteger key, byte[] digest)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, new ECPrivateKeyParameters(key, _curve));
        var numbers = signer.GenerateSignature(digest);
        var low = numbers[1].CompareTo(_curve.N.ShiftRight(1)) > 0 ? _curve.N.Subtract(numbers[1]) : numbers[1];
        byte[] signature = [.. Bytes(numbers[0]), .. Bytes(low)];
        return [.. signature, Secp256k1.Recover(digest, [.. signature, 0])?.SequenceEqual(Public(key)) == true ? (byte)0 : (byte)1];
    }

    private static byte[] Bytes(BigInteger number) => Convert.FromHexString(number.ToString(16).PadLeft(64, '0'));

    private static byte[] Sign(BlsSecretKey secret, Root root)
    {
        var signature = new byte[BlsSignature.Length];
        secret.Sign(root.Bytes, signature);
        return signature;
    }

    private static BlsPublicKey PublicKey(BlsSecretKey secret)
    {
        var key = new byte[BlsPublicKey.Length];
        secret.WritePublicKey(key);
        return new BlsPublicKey(key);
    }
}
