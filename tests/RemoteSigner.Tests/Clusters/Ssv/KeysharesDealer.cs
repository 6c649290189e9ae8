using System.Security.Cryptography;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>Deals shares as ssv-keys does, to new operators with rising ids, with any number of coefficients.</summary>
internal sealed class KeysharesDealer : IDisposable
{
    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    public KeysharesFile Deal(int operators, int coefficients) =>
        new() { Version = "v1.2.0", Validators = [Validator(operators, coefficients)] };

    private ValidatorShares Validator(int operators, int coefficients)
    {
        BlsSecretKey[] polynomial =
        [
            .. Enumerable.Range(0, coefficients).Select(i => BlsSecretKey.Generate(_arena, [.. new byte[32], (byte)i])),
        ];
        var ids = Enumerable.Range(1, operators).Select(i => (ulong)i * 17).ToList();
        var owner = ExecutionAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        var signature = new byte[BlsSignature.Length];
        polynomial[0].Sign(OwnerAccount.Digest(owner, 3), signature);
        return new ValidatorShares
        {
            OwnerNonce = 3,
            OwnerAddress = owner,
            GroupKey = PublicKey(polynomial[0]),
            PayloadGroupKey = PublicKey(polynomial[0]),
            Operators = [.. ids.Select(id => new SsvOperator(id, OperatorKey()))],
            OperatorIds = [.. ids],
            SharesData =
            [
                .. signature,
                .. ids.SelectMany(id => PublicKey(BlsSecretKey.Share(_arena, polynomial, id)).Bytes.ToArray()),
                .. new byte[operators * ValidatorShares.EncryptedLength],
            ],
        };
    }

    private static BlsPublicKey PublicKey(BlsSecretKey secret)
    {
        var key = new byte[BlsPublicKey.Length];
        secret.WritePublicKey(key);
        return new BlsPublicKey(key);
    }

    private static string OperatorKey()
    {
        using var rsa = RSA.Create(2048);
        return OperatorPublicKey.FromDer(rsa.ExportSubjectPublicKeyInfo())!.ToString();
    }
}
