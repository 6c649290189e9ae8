using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// What the public keys of a validator's shares say about the polynomial behind them, without a secret: f(0)·G is the group key, f(i)·G the
/// share of index i. Every key must be a point of the group (<see cref="Bls.IsPublicKey"/>), else <see cref="ArgumentException"/>.
/// </summary>
public sealed class PublicShares
{
    // Compressed infinity: the flag bits of "compressed" and "infinity", and nothing else.
    private const byte InfinityFlags = 0xc0;

    private readonly SortedDictionary<ulong, byte[]> _shares;

    /// <param name="shares">Public keys by share index; an index is never zero.</param>
    public PublicShares(IEnumerable<KeyValuePair<ulong, BlsPublicKey>> shares) =>
        _shares = new(shares.ToDictionary(share => share.Key, share => share.Value.Bytes.ToArray()));

    /// <summary>
    /// The index of the first share that does not lie on the polynomial of degree below <paramref name="threshold"/> through the group key
    /// and the shares before it; null when all do. The first <paramref name="threshold"/> shares are judged together, and the last of them
    /// is named.
    /// </summary>
    public ulong? FindStray(BlsPublicKey groupKey, int threshold)
    {
        List<ulong> indices = [.. _shares.Keys];
        var foundation = indices[..(threshold - 1)];
        foreach (var index in indices[(threshold - 1)..])
        {
            if (Interpolate([.. foundation, index]) != groupKey)
            {
                return index;
            }
        }

        return null;
    }

    /// <summary>
    /// True when fewer than <paramref name="threshold"/> shares suffice: the polynomial's coefficient of the power threshold − 1 is zero.
    /// Whoever dealt such shares passes every other check.
    /// </summary>
    public bool HasTooLowDegree(int threshold)
    {
        List<ulong> indices = [.. _shares.Keys.Take(threshold)];
        Span<byte> leading = stackalloc byte[BlsPublicKey.Length];
        Bls.CombinePublicKeys(
            [.. indices.Select(index => _shares[index])],
            [.. indices.Select(index => Lagrange.Leading(index, indices))],
            leading
        );
        return leading[0] == InfinityFlags && !leading[1..].ContainsAnyExcept((byte)0);
    }

    private BlsPublicKey Interpolate(List<ulong> indices)
    {
        Span<byte> combined = stackalloc byte[BlsPublicKey.Length];
        Bls.CombinePublicKeys(
            [.. indices.Select(index => _shares[index])],
            [.. indices.Select(index => Lagrange.AtZero(index, indices))],
            combined
        );
        return new BlsPublicKey(combined);
    }
}
