using System.Diagnostics.CodeAnalysis;

namespace RemoteSigner.Tpm2;

/// <content>Chapter 24 of Part 3 (hierarchies), and the storage root key.</content>
public sealed partial class Tpm
{
    /// <summary>Where the TCG Provisioning Guidance (§7.5.1) puts the storage root key, and every other program looks for it.</summary>
    public const uint StorageRootKeyHandle = 0x81000001;

    /// <summary>TPM2_CreatePrimary, Part 3 §24.1: the key of a template, the same one every time. Dispose it.</summary>
    public TpmObject CreatePrimary(TpmEntity hierarchy, TpmAuthorization authorization, TpmtPublic template)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var writer = new TpmWriter(buffer);
        WriteCreation(ref writer, template, [], []);
        using var response = Run(TpmCc.CreatePrimary, [hierarchy], [authorization], writer.Written);
        var reader = response.Reader;
        return new TpmObject(this, response.Handle, TpmtPublic.Parse(reader.Sized()));
    }

    /// <summary>
    /// For provisioning: the storage root key that is there, or else ours, made persistent. Nothing is evicted. Record its Name;
    /// later starts <see cref="TpmObject.Pin"/> <see cref="ReadStorageRootKey"/> to it.
    /// </summary>
    /// <exception cref="TpmException">BAD_AUTH when the owner hierarchy has another authorization value.</exception>
    public TpmObject ProvisionStorageRootKey(TpmAuthorization owner)
    {
        if (TryReadPublic(StorageRootKeyHandle, out var existing))
        {
            return existing;
        }

        using var key = CreatePrimary(TpmEntity.Owner, owner, TpmTemplates.StorageRootKey);
        return MakePersistent(key, StorageRootKeyHandle, owner);
    }

    /// <summary>The storage root key as the TPM gives it, to be pinned.</summary>
    /// <exception cref="TpmException">HANDLE when there is none.</exception>
    public TpmObject ReadStorageRootKey() => ReadPublic(StorageRootKeyHandle);

    private bool TryReadPublic(uint handle, [NotNullWhen(true)] out TpmObject? found)
    {
        try
        {
            found = ReadPublic(handle);
            return true;
        }
        catch (TpmException fault) when (fault.Rc == TpmRc.HANDLE)
        {
            found = null;
            return false;
        }
    }
}
