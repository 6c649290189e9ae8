using RemoteSigner.Native;

namespace RemoteSigner.Clusters;

/// <summary>
/// The coefficients that turn values at share indices xᵢ into facts about the polynomial they lie on. Indices are distinct and not zero.
/// </summary>
internal static class Lagrange
{
    /// <summary>λᵢ = Πⱼ xⱼ / (xⱼ − xᵢ): Σ λᵢ·f(xᵢ) = f(0), for a polynomial of lower degree than there are indices.</summary>
    public static BlsScalar AtZero(ulong index, IReadOnlyCollection<ulong> indices) =>
        Others(index, indices)
            .Aggregate(BlsScalar.FromIndex(1), (product, other) =>
                product * BlsScalar.FromIndex(other) * Difference(other, index).Inverse()
            );

    /// <summary>λᵢ(x) = Πⱼ (x − xⱼ) / (xᵢ − xⱼ): Σ λᵢ(x)·f(xᵢ) = f(x), where x is none of the indices, and not zero.</summary>
    public static BlsScalar At(ulong x, ulong index, IReadOnlyCollection<ulong> indices) =>
        Others(index, indices)
            .Aggregate(BlsScalar.FromIndex(1), (product, other) => product * Difference(x, other) * Difference(index, other).Inverse());

    /// <summary>1 / Πⱼ (xᵢ − xⱼ): Σ of these · f(xᵢ) is the coefficient of the highest power that so many values determine.</summary>
    public static BlsScalar Leading(ulong index, IReadOnlyCollection<ulong> indices) =>
        Others(index, indices).Aggregate(BlsScalar.FromIndex(1), (product, other) => product * Difference(index, other)).Inverse();

    private static IEnumerable<ulong> Others(ulong index, IEnumerable<ulong> indices) => indices.Where(other => other != index);

    private static BlsScalar Difference(ulong left, ulong right) => BlsScalar.FromIndex(left) - BlsScalar.FromIndex(right);
}
