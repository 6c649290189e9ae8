using System.Collections.Immutable;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// One operator. <see cref="Address"/> is the text of the file (hashed as text up to v1.2): empty, or 0x and 40 digits. Signatures are
/// EIP-712, 65 bytes or none; from v1.11 also several of 65 bytes.
/// </summary>
public sealed record ClusterOperator(string Address, string Enr, ImmutableArray<byte> ConfigSignature, ImmutableArray<byte> EnrSignature)
{
    /// <summary>Neither an address nor a signature: lawful where nobody signed.</summary>
    public bool IsUnsigned => Address.Length == 0 && ConfigSignature.IsEmpty && EnrSignature.IsEmpty;
}
