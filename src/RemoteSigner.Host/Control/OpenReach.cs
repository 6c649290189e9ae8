using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Host.Control;

/// <summary>
/// What can wrap another root key here: the key that opens the vault, the public halves that a person brought, the token that signer.json
/// names, and this machine's TPM where the release key is here to approve what runs now for the new sealed object.
/// </summary>
internal sealed class OpenReach : IDisposable
{
    private readonly List<RecoveryKey> _brought;
    private readonly SealedKeys _keys;
    private readonly SignerOptions _options;
    private readonly ReleaseKey? _release;

    /// <exception cref="VaultException">A PEM is not of a key that it should be of.</exception>
    public OpenReach(SealedKeys keys, SignerOptions options, IReadOnlyList<IKeyEncryptionKey> given, RekeyOrder order, SecretArena arena)
    {
        (_keys, _options) = (keys, options);
        _brought = [.. order.Recovery.Select((pem, i) => RecoveryKey.FromPublicPem(pem, $"recovery {i + 1}", arena))];
        _release = order.ReleaseKey is { } path ? ReadReleaseKey(path, order.ReleaseKeyPassword, arena) : null;
        Slots = new SlotReach([.. given, .. _brought], FindAtHandAsync, order.Drop);
    }

    public SlotReach Slots { get; }

    public void Dispose()
    {
        _brought.ForEach(key => key.Dispose());
        _release?.Dispose();
    }

    private static ReleaseKey ReadReleaseKey(string path, string? passwordFile, SecretArena arena)
    {
        using var pem = SecretFile.Read(path, arena, 64 * 1024);
        using var password = passwordFile is null ? null : new PinSource.FromFile(passwordFile).Read(arena);
        return ReleaseKey.FromPem(pem, password);
    }

    private async Task<IKeyEncryptionKey?> FindAtHandAsync(VaultSlot slot, CancellationToken cancellation) =>
        slot.Type == VaultSlotType.Tpm2Sealed ? await SealAnewAsync(slot, cancellation) : await _keys.FindInTokenAsync(slot, cancellation);

    private async Task<IKeyEncryptionKey?> SealAnewAsync(VaultSlot slot, CancellationToken cancellation)
    {
        var tpm = _keys.Hardware.Tpm;
        if (_release is not { CanSign: true } || !await tpm.OwnsAsync(slot, cancellation))
        {
            return null;
        }

        var listing = _keys.List();
        var seal = TpmSeal.Of(listing).First(one => one.Root.Bytes.SequenceEqual(slot.KeyId.Span));
        using var expected = seal.ReleaseKey();
        if (!expected.Name.Equals(_release.Name))
        {
            throw new VaultException(
                VaultFault.WrongKey,
                $"the release key {_release.Name} is not the one that the slot of this TPM was sealed for, {expected.Name}",
                "give that one; another one comes with 'remote-signer tpm provision'"
            );
        }

        var provisioning = new TpmProvisioning(
            tpm,
            _release,
            RemoteSigner.Tpm2.TpmlPcrSelection.Sha256([.. _options.Tpm.Pcrs]),
            seal.WantsPin
        )
        {
            Judge = seal.RequireRootAsync,
        };
        var key = await provisioning.ProvideKeyAsync(slot.Label, cancellation);
        await provisioning.ApproveAsync(listing.VaultId, $"what ran on {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm}", cancellation);
        return key;
    }
}
