namespace RemoteSigner.Tpm2;

/// <content>Chapter 18 of Part 3 (attestation), and what binds an attestation key to a genuine TPM.</content>
public sealed partial class Tpm
{
    /// <summary>Where the TCG EK Credential Profile (§2.2.1.4) puts the certificates of the default endorsement keys, in DER.</summary>
    public const uint EkCertificateRsa = 0x01C00002,
        EkCertificateEcc = 0x01C0000A;

    /// <summary>TPM2_Quote, Part 3 §18.4: the attestation key signs the PCRs and a challenge of up to 32 bytes.</summary>
    public TpmAttestation Quote(
        TpmObject attestationKey,
        TpmAuthorization authorization,
        ReadOnlySpan<byte> challenge,
        TpmlPcrSelection selection
    )
    {
        Span<byte> buffer = stackalloc byte[128];
        var writer = new TpmWriter(buffer);
        writer.Sized(challenge);
        TpmtScheme.None.Write(ref writer);
        selection.Write(ref writer);
        using var response = Run(TpmCc.Quote, [attestationKey], [authorization], writer.Written);
        return ReadAttestation(response);
    }

    /// <summary>TPM2_NV_Certify, Part 3 §31.16: the attestation key signs what the index holds, up to the TPM's buffer.</summary>
    public TpmAttestation NvCertify(
        TpmObject attestationKey,
        TpmAuthorization keyAuthorization,
        NvIndex index,
        TpmAuthorization indexAuthorization,
        ReadOnlySpan<byte> challenge,
        int size,
        int offset = 0,
        TpmEntity? authorizedBy = null
    )
    {
        Span<byte> buffer = stackalloc byte[128];
        var writer = new TpmWriter(buffer);
        writer.Sized(challenge);
        TpmtScheme.None.Write(ref writer);
        writer.UInt16(size);
        writer.UInt16(offset);
        using var response = Run(
            TpmCc.NV_Certify,
            [attestationKey, authorizedBy ?? index, index],
            [keyAuthorization, indexAuthorization],
            writer.Written
        );
        return ReadAttestation(response);
    }

    /// <summary>
    /// TPM2_ActivateCredential, Part 3 §12.5: the answer to a <see cref="TpmCredential"/>, for <see cref="TpmTemplates"/>' keys, whose
    /// endorsement keys are used by PolicySecret of the endorsement hierarchy. Its length is returned.
    /// </summary>
    /// <exception cref="TpmException">INTEGRITY when it was made for another key's Name, VALUE or SIZE when for another endorsement
    /// key.</exception>
    public int ActivateCredential(
        TpmObject attestationKey,
        TpmAuthorization keyAuthorization,
        TpmObject endorsementKey,
        TpmSession endorsementPolicy,
        TpmCredential credential,
        Span<byte> destination
    )
    {
        using var buffer = new PinnedBytes(1024);
        var writer = new TpmWriter(buffer.Span);
        writer.Sized(credential.Blob);
        writer.Sized(credential.EncryptedSeed);
        using var response = Run(
            TpmCc.ActivateCredential,
            [attestationKey, endorsementKey],
            [keyAuthorization, endorsementPolicy],
            writer.Written
        );
        var reader = response.Reader;
        var secret = reader.Sized();
        secret.CopyTo(destination);
        return secret.Length;
    }

    /// <summary>
    /// The certificate its maker gave an endorsement key (DER), at <see cref="EkCertificateEcc"/> or <see cref="EkCertificateRsa"/>; null
    /// where there is none.
    /// </summary>
    public byte[]? FindEkCertificate(uint handle)
    {
        if (!GetHandles(NvIndices).Contains(handle))
        {
            return null;
        }

        var index = NvReadPublic(handle);
        var certificate = new byte[index.Public.Size];
        NvRead(index, TpmPassword.Empty, certificate);
        return certificate;
    }

    private static TpmAttestation ReadAttestation(TpmResponse response)
    {
        var reader = response.Reader;
        var attest = reader.Sized().ToArray();
        var signature = TpmtSignature.Read(ref reader);
        reader.End();
        return new TpmAttestation(attest, signature);
    }
}
