using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// Combines partial signatures: any t of the n shares of one message give the group's signature, which nobody can tell from a whole key's.
/// </summary>
public static class ThresholdSignature
{
    /// <summary>Lagrange interpolation at zero over (share index, partial signature).</summary>
    /// <exception cref="ArgumentException">An index is zero or stands twice, or a partial is no point of the group.</exception>
    public static BlsSignature Combine(IReadOnlyDictionary<ulong, BlsSignature> partials) => Sum(partials, Lagrange.AtZero);

    /// <summary>
    /// What the share <paramref name="index"/> would sign: Lagrange interpolation at its own index, over as many (share index, partial
    /// signature) as the threshold asks for.
    /// </summary>
    /// <exception cref="ArgumentException">An index is zero, or a partial is no point of the group.</exception>
    public static BlsSignature At(ulong index, IReadOnlyDictionary<ulong, BlsSignature> partials)
    {
        ArgumentOutOfRangeException.ThrowIfZero(index);
        return partials.TryGetValue(index, out var own) ? own : Sum(partials, (known, indices) => Lagrange.At(index, known, indices));
    }

    private static BlsSignature Sum(
        IReadOnlyDictionary<ulong, BlsSignature> partials,
        Func<ulong, IReadOnlyCollection<ulong>, BlsScalar> coefficient
    )
    {
        var indices = partials.Keys.ToList();
        Span<byte> sum = stackalloc byte[BlsSignature.Length];
        Bls.Combine(
            [.. indices.Select(index => partials[index].Bytes.ToArray())],
            [.. indices.Select(index => coefficient(index, indices))],
            sum
        );
        return new BlsSignature(sum);
    }
}
