using System.Security.Cryptography;
using RemoteSigner.Audit;
using RemoteSigner.Clusters.Ssv;

namespace RemoteSigner.Administration.Files;

/// <summary>
/// Seals an SSV operator's RSA key under the vault's root key, beside the vault; over another one only where that does not open any more.
/// </summary>
public sealed class ImportOperatorKey(OperatorKey key, string path) : FileAct<ImportedOperatorKey>
{
    private byte[] _sealed = [];
    private bool _isReplacement;

    public override string Action => AuditActions.OperatorImport;

    internal override bool WantsVault => true;

    private protected override string Path => path;

    private protected override ReadOnlyMemory<byte> Content => _sealed;

    private protected override string Detail =>
        $"{Convert.ToHexStringLower(SHA256.HashData(key.PublicKey.SubjectPublicKeyInfo))}"
        + $"{(_isReplacement ? ", in the place of one that did not open in this vault" : "")}";

    internal override ImportedOperatorKey Result => new(key.PublicKey, _isReplacement);

    internal override Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        _isReplacement = proceeding.Vault.IsOperatorKeyShut(path);
        _sealed = proceeding.Vault.SealOperatorKey(path, key);
        return Task.CompletedTask;
    }
}

/// <summary>Whose key it is, and whether it took the place of one that did not open any more.</summary>
public sealed record ImportedOperatorKey(OperatorPublicKey PublicKey, bool IsReplacement);
