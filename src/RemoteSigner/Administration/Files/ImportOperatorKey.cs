using System.Security.Cryptography;
using RemoteSigner.Clusters.Ssv;

namespace RemoteSigner.Administration.Files;

/// <summary>Seals an SSV operator's RSA key under the vault's root key, beside the vault; never over another one.</summary>
public sealed class ImportOperatorKey(OperatorKey key, string path) : FileAct<OperatorPublicKey>
{
    private byte[] _sealed = [];

    public override string Action => "operator.import";

    internal override bool WantsVault => true;

    private protected override string Path => path;

    private protected override ReadOnlyMemory<byte> Content => _sealed;

    private protected override string Detail => Convert.ToHexStringLower(SHA256.HashData(key.PublicKey.SubjectPublicKeyInfo));

    internal override OperatorPublicKey Result => key.PublicKey;

    internal override Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        _sealed = proceeding.Vault.SealOperatorKey(path, key);
        return Task.CompletedTask;
    }
}
