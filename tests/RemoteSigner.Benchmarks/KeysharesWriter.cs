using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Org.BouncyCastle.Crypto.Digests;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// Deals validators to four SSV operators of its own, as ssv-dkg's <c>bulk</c> does, and writes keyshares of them; also of the same shares
/// once more, as after a <c>resign</c>. The first operator is ours.
/// </summary>
internal sealed class KeysharesWriter : IDisposable
{
    // Its capitals are the checksum already.
    private const string Owner = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    private static readonly ulong[] _ids = [11, 22, 33, 44];

    private readonly SecretArena _arena = new();
    private readonly RSA[] _operators = [.. _ids.Select(_ => RSA.Create(2048))];

    /// <summary>A validator with its shares: what the contract would get.</summary>
    internal sealed record Dealt(
        BlsPublicKey GroupKey,
        IReadOnlyList<BlsPublicKey> PublicShares,
        IReadOnlyList<string> Secrets,
        byte[][] OwnerSignatures
    );

    /// <summary>Our operator's private key, PEM.</summary>
    public string OperatorKey => _operators[0].ExportRSAPrivateKeyPem();

    /// <summary>New validators, signed by their owner for this many registrations each.</summary>
    public IReadOnlyList<Dealt> Deal(int count, int registrations, ulong firstNonce) =>
        [.. Enumerable.Range(0, count).Select(i => Deal(registrations, firstNonce + (ulong)i, (ulong)count))];

    /// <summary>The keyshares of one registration of these validators, the n-th of each.</summary>
    public byte[] Write(IReadOnlyList<Dealt> validators, int registration, ulong firstNonce)
    {
        var operators = _operators
            .Select((rsa, i) => new { id = _ids[i], operatorKey = OperatorPublicKey.FromDer(rsa.ExportSubjectPublicKeyInfo())!.ToString() })
            .ToArray();
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                version = "v1.2.0",
                createdAt = "2026-01-01T00:00:00.000Z",
                shares = validators.Select(
                    (one, i) =>
                        new
                        {
                            data = new
                            {
                                ownerNonce = firstNonce + (ulong)i + ((ulong)registration * (ulong)validators.Count),
                                ownerAddress = Owner,
                                publicKey = one.GroupKey.ToString(),
                                operators,
                            },
                            payload = new
                            {
                                publicKey = one.GroupKey.ToString(),
                                operatorIds = _ids,
                                sharesData = Hex.Format([
                                    .. one.OwnerSignatures[registration],
                                    .. one.PublicShares.SelectMany(key => key.Bytes.ToArray()),
                                    .. one.Secrets.SelectMany((secret, at) => Encrypt(at, secret)),
                                ]),
                            },
                        }
                ),
            }
        );
    }

    /// <summary>As <c>cluster import</c> and others take it from the contract.</summary>
    public static IEnumerable<string> Stated(IEnumerable<Dealt> validators) =>
        ["--owner", Owner, .. validators.SelectMany(one => new[] { "--validator", one.GroupKey.ToString() })];

    /// <summary>Our shares of these, as an SSV node sends them.</summary>
    public string Push(IEnumerable<Dealt> validators) =>
        JsonSerializer.Serialize(
            new
            {
                share_keys = validators.Select(one => new
                {
                    EncryptedPrivKey = Hex.Format(Encrypt(0, one.Secrets[0])),
                    PubKey = one.PublicShares[0].ToString(),
                }),
            }
        );

    public void Dispose()
    {
        Array.ForEach(_operators, rsa => rsa.Dispose());
        _arena.Dispose();
    }

    private Dealt Deal(int registrations, ulong nonce, ulong count)
    {
        BlsSecretKey[] polynomial =
        [
            .. Enumerable.Range(0, 3).Select(_ => BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32))),
        ];
        BlsSecretKey[] shares = [.. _ids.Select(id => BlsSecretKey.Share(_arena, polynomial, id))];
        try
        {
            return new Dealt(
                PublicKey(polynomial[0]),
                [.. shares.Select(PublicKey)],
                [.. shares.Select(Text)],
                [.. Enumerable.Range(0, registrations).Select(i => Sign(polynomial[0], Keccak($"{Owner}:{nonce + ((ulong)i * count)}")))]
            );
        }
        finally
        {
            Array.ForEach([.. polynomial, .. shares], key => key.Dispose());
        }
    }

    private byte[] Encrypt(int at, string secret) => _operators[at].Encrypt(Encoding.ASCII.GetBytes(secret), RSAEncryptionPadding.Pkcs1);

    private string Text(BlsSecretKey secret)
    {
        using var plain = _arena.Allocate(BlsSecretKey.Length);
        secret.WriteBigEndian(plain);
        return Convert.ToHexStringLower(plain.Span);
    }

    private static byte[] Sign(BlsSecretKey secret, byte[] digest)
    {
        var signature = new byte[BlsSignature.Length];
        secret.Sign(digest, signature);
        return signature;
    }

    private static BlsPublicKey PublicKey(BlsSecretKey secret)
    {
        var key = new byte[BlsPublicKey.Length];
        secret.WritePublicKey(key);
        return new BlsPublicKey(key);
    }

    private static byte[] Keccak(string text)
    {
        var digest = new KeccakDigest(256);
        digest.BlockUpdate(Encoding.ASCII.GetBytes(text));
        var hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash);
        return hash;
    }
}
