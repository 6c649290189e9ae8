using System.Collections.Immutable;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Who wrote the definition: address and EIP-712 signature, both empty where nobody signed.</summary>
public sealed record ClusterCreator(string Address, ImmutableArray<byte> ConfigSignature)
{
    public bool IsUnsigned => Address.Length == 0 && ConfigSignature.IsEmpty;
}
