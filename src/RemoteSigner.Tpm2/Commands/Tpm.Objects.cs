namespace RemoteSigner.Tpm2;

/// <content>Chapters 12 (objects) and 28 (contexts) of Part 3.</content>
public sealed partial class Tpm
{
    /// <summary>
    /// TPM2_Create, Part 3 §12.1: seals 1 to 128 bytes under the parent, with an authorization value of up to 32 bytes (empty for none).
    /// The session hides both on their way.
    /// </summary>
    public SealedObject Create(
        TpmEntity parent,
        TpmAuthorization authorization,
        KeyedHashPublic template,
        ReadOnlySpan<byte> authValue,
        ReadOnlySpan<byte> secret
    )
    {
        using var buffer = new PinnedBytes(1024);
        var writer = new TpmWriter(buffer.Span);
        WriteCreation(ref writer, template, authValue, secret);
        using var response = Run(TpmCc.Create, [parent], [authorization], writer.Written);
        var reader = response.Reader;
        return new SealedObject(reader.Sized().ToArray(), TpmtPublic.Parse(reader.Sized()));
    }

    /// <summary>TPM2_Load, Part 3 §12.2. Dispose the object: a TPM has room for three.</summary>
    /// <exception cref="TpmException">INTEGRITY when the object was tampered with or is of another TPM.</exception>
    public TpmObject Load(TpmEntity parent, TpmAuthorization authorization, SealedObject item)
    {
        using var buffer = new PinnedBytes(2048);
        var writer = new TpmWriter(buffer.Span);
        writer.Sized(item.Private);
        writer.Sized(item.Public.ToArray());
        using var response = Run(TpmCc.Load, [parent], [authorization], writer.Written);
        return new TpmObject(this, response.Handle, item.Public);
    }

    /// <summary>
    /// TPM2_LoadExternal, Part 3 §12.3: a public key alone, into the owner hierarchy, so that tickets for its signatures last.
    /// </summary>
    public TpmObject LoadExternal(TpmtPublic publicArea)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var writer = new TpmWriter(buffer);
        writer.Sized([]);
        writer.Sized(publicArea.ToArray());
        writer.UInt32(TpmEntity.Owner.Handle);
        using var response = Run(TpmCc.LoadExternal, [], [], writer.Written);
        return new TpmObject(this, response.Handle, publicArea);
    }

    /// <summary>TPM2_ReadPublic, Part 3 §12.4. The Name is computed from what came, and means nothing until it is compared.</summary>
    /// <exception cref="TpmException">HANDLE when nothing is there.</exception>
    public TpmObject ReadPublic(uint handle)
    {
        using var response = Run(TpmCc.ReadPublic, [TpmEntity.OfHandle(handle)], [], []);
        var reader = response.Reader;
        return new TpmObject(this, handle, TpmtPublic.Parse(reader.Sized()));
    }

    /// <summary>TPM2_Unseal, Part 3 §12.7: writes the secret to <paramref name="destination"/>; its length.</summary>
    /// <exception cref="ArgumentException">The destination is too short; nothing was written.</exception>
    public int Unseal(TpmObject item, TpmAuthorization authorization, Span<byte> destination)
    {
        using var response = Run(TpmCc.Unseal, [item], [authorization], []);
        var reader = response.Reader;
        var secret = reader.Sized();
        secret.CopyTo(destination);
        return secret.Length;
    }

    /// <summary>TPM2_FlushContext, Part 3 §28.4: takes a loaded object or a session out of the TPM.</summary>
    public void FlushContext(uint handle)
    {
        Span<byte> buffer = stackalloc byte[4];
        var writer = new TpmWriter(buffer);
        writer.UInt32(handle);
        Run(TpmCc.FlushContext, [], [], writer.Written).Dispose();
    }

    /// <summary>
    /// TPM2_EvictControl, Part 3 §28.5: keeps a copy of a loaded key in NV memory at a free handle from 0x81000000, across restarts.
    /// </summary>
    /// <exception cref="TpmException">NV_DEFINED when the handle is taken; nothing is ever evicted.</exception>
    public TpmObject MakePersistent(TpmObject key, uint handle, TpmAuthorization owner)
    {
        Span<byte> buffer = stackalloc byte[4];
        var writer = new TpmWriter(buffer);
        writer.UInt32(handle);
        // On a handle that is taken the same command evicts, when it is given that object; a transient one is refused.
        if (handle >> 24 != 0x81 || key.Handle >> 24 == 0x81)
        {
            throw new ArgumentException($"the object at 0x{key.Handle:X8} cannot be made persistent at 0x{handle:X8}", nameof(handle));
        }

        Run(TpmCc.EvictControl, [TpmEntity.Owner, key], [owner], writer.Written).Dispose();
        return new TpmObject(this, handle, key.Public);
    }

    /// <summary>inSensitive, inPublic, no outside information, no PCRs to record.</summary>
    private static void WriteCreation(ref TpmWriter writer, TpmtPublic template, ReadOnlySpan<byte> authValue, ReadOnlySpan<byte> secret)
    {
        var sensitive = writer.BeginSized();
        writer.Sized(authValue);
        writer.Sized(secret);
        writer.EndSized(sensitive);
        writer.Sized(template.ToArray());
        writer.Sized([]);
        writer.UInt32(0);
    }
}
