namespace RemoteSigner.Tpm2;

/// <content>Chapter 23 of Part 3: the steps of a policy. Run them in the order of the <see cref="PolicyDigest"/>.</content>
public sealed partial class Tpm
{
    /// <summary>TPM2_PolicySecret, Part 3 §23.4: the entity's authorization value is proven now.</summary>
    public void PolicySecret(TpmSession policy, TpmEntity entity, TpmAuthorization authorization)
    {
        // No nonce, cpHash, policyRef, expiration: good for this session, without an end.
        Span<byte> parameters = stackalloc byte[10];
        parameters.Clear();
        Run(TpmCc.PolicySecret, [entity, policy.Entity], [authorization], parameters).Dispose();
    }

    /// <summary>TPM2_PolicyPCR, Part 3 §23.7, with the PCRs as they are now.</summary>
    public void PolicyPcr(TpmSession policy, TpmlPcrSelection selection)
    {
        Span<byte> buffer = stackalloc byte[32];
        var writer = new TpmWriter(buffer);
        writer.Sized([]);
        selection.Write(ref writer);
        Run(TpmCc.PolicyPCR, [policy.Entity], [], writer.Written).Dispose();
    }

    /// <summary>
    /// TPM2_PolicyPCR, Part 3 §23.7, with the digest the PCRs must have: a firmware's prediction in a trial session, or a check at once.
    /// </summary>
    /// <exception cref="TpmException">VALUE when the PCRs have another one.</exception>
    public void PolicyPcr(TpmSession policy, TpmlPcrSelection selection, ReadOnlySpan<byte> pcrDigest)
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = new TpmWriter(buffer);
        writer.Sized(pcrDigest);
        selection.Write(ref writer);
        Run(TpmCc.PolicyPCR, [policy.Entity], [], writer.Written).Dispose();
    }

    /// <summary>TPM2_PolicyNV, Part 3 §23.9: compares the index's content from <paramref name="offset"/> on with the operand.</summary>
    /// <exception cref="TpmException">POLICY when the comparison is false.</exception>
    public void PolicyNv(
        TpmSession policy,
        NvIndex index,
        TpmAuthorization authorization,
        ReadOnlySpan<byte> operand,
        int offset,
        TpmEo operation,
        TpmEntity? authorizedBy = null
    )
    {
        Span<byte> buffer = stackalloc byte[128];
        var writer = new TpmWriter(buffer);
        writer.Sized(operand);
        writer.UInt16(offset);
        writer.UInt16((int)operation);
        Run(TpmCc.PolicyNV, [authorizedBy ?? index, index, policy.Entity], [authorization], writer.Written).Dispose();
    }

    /// <summary>TPM2_PolicyCommandCode, Part 3 §23.11: only for this command.</summary>
    public void PolicyCommandCode(TpmSession policy, TpmCc command) =>
        Run(TpmCc.PolicyCommandCode, [policy.Entity], [], [0, 0, (byte)((int)command >> 8), (byte)((int)command & 0xFF)]).Dispose();

    /// <summary>TPM2_PolicyAuthorize, Part 3 §23.16: what the session ran so far was approved by this key for this reference.</summary>
    /// <exception cref="TpmException">VALUE when the session's digest is not the approved one.</exception>
    public void PolicyAuthorize(
        TpmSession policy,
        PolicyDigest approved,
        ReadOnlySpan<byte> policyRef,
        TpmName keyName,
        TpmtTkVerified ticket
    )
    {
        Span<byte> buffer = stackalloc byte[512];
        var writer = new TpmWriter(buffer);
        writer.Sized(approved.Bytes);
        writer.Sized(policyRef);
        writer.Sized(keyName.Bytes);
        writer.Bytes(ticket.Bytes);
        Run(TpmCc.PolicyAuthorize, [policy.Entity], [], writer.Written).Dispose();
    }

    /// <summary>
    /// TPM2_PolicyAuthValue, Part 3 §23.17: the session must prove the object's authorization value; see
    /// <see cref="TpmSession.SetAuthValue"/>.
    /// </summary>
    public void PolicyAuthValue(TpmSession policy)
    {
        Run(TpmCc.PolicyAuthValue, [policy.Entity], [], []).Dispose();
        policy.NeedAuthValue();
    }

    /// <summary>TPM2_PolicyGetDigest, Part 3 §23.19: what the session ran so far.</summary>
    public PolicyDigest PolicyGetDigest(TpmSession policy)
    {
        using var response = Run(TpmCc.PolicyGetDigest, [policy.Entity], [], []);
        var reader = response.Reader;
        var digest = reader.Sized();
        return digest.Length == 32
            ? PolicyDigest.Of(digest)
            : throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"TPM2_PolicyGetDigest gave {digest.Length} bytes");
    }

    /// <summary>
    /// TPM2_VerifySignature, Part 3 §20.1: an ECDSA signature (64 bytes, r then s) of a SHA-256 digest by a loaded key; the ticket that
    /// says so to PolicyAuthorize.
    /// </summary>
    /// <exception cref="TpmException">SIGNATURE when it is not by this key.</exception>
    public TpmtTkVerified VerifySignature(TpmObject key, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        Span<byte> buffer = stackalloc byte[160];
        var writer = new TpmWriter(buffer);
        writer.Sized(digest);
        TpmtSignature.Write(ref writer, signature);
        using var response = Run(TpmCc.VerifySignature, [key], [], writer.Written);
        return new TpmtTkVerified(response.Reader.Rest);
    }
}
