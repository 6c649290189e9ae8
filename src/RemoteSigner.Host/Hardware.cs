using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Host;

/// <summary>
/// The token and the TPM that signer.json names, each made when it is first needed. One of them opens the vault, one may be the anchor of
/// rollback protection.
/// </summary>
internal sealed class Hardware(DataDirectory data, SignerOptions options, SecretArena arena, TimeProvider time, KnownVault? known)
    : IDisposable
{
    private Pkcs11Token? _token;
    private SealingTpm? _tpm;
    private IReadOnlyList<TpmName> _roots = known?.StorageRoots ?? [];

    /// <summary>The PKCS#11 token; its PIN is read with the first use of this property.</summary>
    /// <exception cref="HsmProfileException">There is no such profile.</exception>
    /// <exception cref="TokenException">The module is not installed.</exception>
    /// <exception cref="PinException">There is no PIN to be had.</exception>
    public Pkcs11Token Token => _token ??= TokenAccess.Open(data, options.Seal, arena, time);

    /// <summary>The TPM; its PIN is read when a slot wants it.</summary>
    public SealingTpm Tpm =>
        _tpm ??= new SealingTpm(
            options.Tpm.Address,
            new FirmwareApprovalFolder(data.TpmFolder),
            TokenAccess.PinOf(data, options.Tpm),
            options.Tpm.OwnerAuthFile is { } file ? new PinSource.FromFile(data.Resolve(file)) : null,
            arena
        )
        {
            Roots = _roots,
        };

    /// <summary>Is there no token that signer.json names?</summary>
    public bool SealsWithTpm => options.SealsWithTpm;

    /// <summary>The device that opens the vault.</summary>
    public ISealingDevice Seal => options.SealsWithTpm ? Tpm : Token;

    /// <summary>The PIN of <see cref="Seal"/>, read anew.</summary>
    public SecretBytes ReadPin() =>
        (options.SealsWithTpm ? TokenAccess.PinOf(data, options.Tpm) : TokenAccess.PinOf(data, options.Seal)).Read(arena);

    /// <summary>
    /// Lets the TPM be one of those with these storage root keys and no other, once a vault was opened that has slots for them; none:
    /// whichever it is.
    /// </summary>
    public void PinTpm(IReadOnlyList<TpmName> roots)
    {
        _roots = roots;
        if (_tpm is { } tpm)
        {
            tpm.Roots = roots;
        }
    }

    public void Dispose()
    {
        _token?.Dispose();
        _tpm?.Dispose();
    }
}
