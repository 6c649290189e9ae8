using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>Combines partial signatures: any t of the n shares of one message give the group's signature, which nobody can tell from a whole key's.</summary>
public static class ThresholdSignature
{
    /// <summary>Lagrange interpolation at zero over (share index, partial signature).</summary>
    /// <exception cref="ArgumentException">An index is zero or stands twice, or a partial is no point of the group.</exception>
    public static BlsSignature Combine(IReadOnlyDictionary<ulong, BlsSignature> partials)
    {
        var indices = partials.Keys.ToList();
        Span<byte> combined = stackalloc byte[BlsSignature.Length];
        Bls.Combine(
            [.. indices.Select(index => partials[index].Bytes.ToArray())],
            [.. indices.Select(index => Lagrange.AtZero(index, indices))],
            combined);
        return new BlsSignature(combined);
    }
}
