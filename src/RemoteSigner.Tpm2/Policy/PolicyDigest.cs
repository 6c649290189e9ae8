using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// A policy digest computed without a TPM (TPM 2.0 Library Part 3 §23): 32 bytes, each step hashed onto the one before. It equals what a
/// trial session gives for the same steps in the same order.
/// </summary>
public sealed class PolicyDigest : IEquatable<PolicyDigest>
{
    private readonly byte[] _digest;

    private PolicyDigest(byte[] digest) => _digest = digest;

    /// <summary>32 zero bytes: where every policy begins.</summary>
    public static PolicyDigest Empty { get; } = new(new byte[32]);

    public ReadOnlySpan<byte> Bytes => _digest;

    public byte[] ToArray() => [.. _digest];

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static PolicyDigest Of(ReadOnlySpan<byte> digest) =>
        digest.Length == 32
            ? new(digest.ToArray())
            : throw new ArgumentException($"a policy digest has 32 bytes, not {digest.Length}", nameof(digest));

    /// <summary>TPM2_PolicyPCR (Part 3 §23.7): the selected PCRs have the values whose <see cref="PcrValues.Digest"/> this is.</summary>
    public PolicyDigest Pcr(TpmlPcrSelection selection, ReadOnlySpan<byte> pcrDigest)
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = new TpmWriter(buffer);
        selection.Write(ref writer);
        writer.Bytes(pcrDigest);
        return Then(TpmCc.PolicyPCR, writer.Written);
    }

    /// <summary>TPM2_PolicyNV (Part 3 §23.9): the NV index, under its Name at that time, compares so with the operand.</summary>
    public PolicyDigest NV(NvIndex index, ReadOnlySpan<byte> operand, int offset, TpmEo operation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(operand);
        hash.AppendData([(byte)(offset >> 8), (byte)(offset & 0xFF), 0, (byte)operation]);
        return Then(TpmCc.PolicyNV, [.. hash.GetHashAndReset(), .. index.Name.Bytes]);
    }

    /// <summary>
    /// TPM2_PolicyAuthorize (Part 3 §23.16): any policy that this key approved for this reference. It replaces what stood before, so it is
    /// a beginning.
    /// </summary>
    public static PolicyDigest Authorize(TpmName keyName, ReadOnlySpan<byte> policyRef) =>
        Empty.Then(TpmCc.PolicyAuthorize, keyName.Bytes).WithReference(policyRef);

    /// <summary>TPM2_PolicyAuthValue (Part 3 §23.17): the object's authorization value is needed as well.</summary>
    public PolicyDigest AuthValue() => Then(TpmCc.PolicyAuthValue, []);

    /// <summary>TPM2_PolicyCommandCode (Part 3 §23.11): for this command alone.</summary>
    public PolicyDigest CommandCode(TpmCc command) =>
        Then(TpmCc.PolicyCommandCode, [0, 0, (byte)((int)command >> 8), (byte)((int)command & 0xFF)]);

    /// <summary>TPM2_PolicySecret (Part 3 §23.4): whoever knows the authorization value of that entity.</summary>
    public PolicyDigest Secret(TpmName entity, ReadOnlySpan<byte> policyRef) =>
        Then(TpmCc.PolicySecret, entity.Bytes).WithReference(policyRef);

    /// <summary>
    /// What the approving key signs, SHA-256 of this and the reference (Part 3 §23.16); the ECDSA signature goes to TPM2_VerifySignature.
    /// </summary>
    public byte[] ApprovalDigest(ReadOnlySpan<byte> policyRef) => SHA256.HashData([.. _digest, .. policyRef]);

    public bool Equals(PolicyDigest? other) => other is not null && Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => Equals(obj as PolicyDigest);

    public override int GetHashCode() => BitConverter.ToInt32(_digest);

    public override string ToString() => Convert.ToHexStringLower(_digest);

    private PolicyDigest Then(TpmCc command, ReadOnlySpan<byte> arguments) =>
        new(SHA256.HashData([.. _digest, 0, 0, (byte)((int)command >> 8), (byte)((int)command & 0xFF), .. arguments]));

    /// <summary>The second hash of PolicyUpdate (Part 3 §23.2.3), which is done for an empty reference too.</summary>
    private PolicyDigest WithReference(ReadOnlySpan<byte> policyRef) => new(SHA256.HashData([.. _digest, .. policyRef]));
}
