using RemoteSigner.Administration;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Control;

/// <summary><c>seal rotate</c> and <c>seal rekey</c>: another key that opens the vault, and another root key in it.</summary>
/// <param name="keys">The vault and its hardware, whose PIN may be read with the first use.</param>
/// <param name="openBy">Says what opens the vault, where it need not be the device that signer.json names.</param>
internal sealed class SealVerbs(
    Administrator administrator,
    Actor actor,
    SignerOptions options,
    Func<SealedKeys> keys,
    Action<IKeyEncryptionKey> openBy
)
{
    public async Task<RegistrationReport> RotateAsync(RekeyOrder order)
    {
        if (options.SealsWithTpm)
        {
            throw new VerbException(
                "seal.profile in signer.json is tpm, and this command makes a key in a token",
                "for the TPM there is 'remote-signer tpm provision'; for a token, name it "
                    + "in signer.json first: the vault still opens by the TPM"
            );
        }

        var present = await keys().FindKeyForChangeAsync();
        using var owner = present as IDisposable;
        openBy(present);
        using var reach = new OpenReach(keys(), options, [present], order, keys().Arena);
        return await administrator.ExecuteAsync(
            AddTokenSlot.InPlaceOf(present, keys().Hardware.Token, options.Seal.Key, reach.Slots, TimeProvider.System),
            actor
        );
    }

    public async Task<RekeyLine> RekeyAsync(RekeyOrder order)
    {
        var present = await keys().FindKeyForChangeAsync();
        using var owner = present as IDisposable;
        openBy(present);
        using var reach = new OpenReach(keys(), options, [present], order, keys().Arena);
        var vault = await administrator.ExecuteAsync(new Rekey(reach.Slots), actor);
        return new RekeyLine(
            vault.VaultId.ToString(),
            vault.Generation,
            vault.Epoch,
            vault.Shares.Count,
            [.. vault.Slots.Select(slot => new RekeyedSlot(slot.Type.Name(), slot.KeyIdText, slot.Label))]
        );
    }
}
