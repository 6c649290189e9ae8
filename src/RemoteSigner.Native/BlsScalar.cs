namespace RemoteSigner.Native;

/// <summary>
/// A public number modulo the group order, such as a Lagrange coefficient. Never a secret: it lives in managed memory and is not constant
/// time.
/// </summary>
public sealed unsafe class BlsScalar
{
    private readonly byte[] _littleEndian;

    private BlsScalar(byte[] littleEndian) => _littleEndian = littleEndian;

    /// <summary>A share index. Zero is the place of the secret itself and no index.</summary>
    public static BlsScalar FromIndex(ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfZero(index);
        var bytes = new byte[BlsSecretKey.Length];
        BitConverter.TryWriteBytes(bytes, index);
        return new BlsScalar(bytes);
    }

    /// <exception cref="ArgumentException">The result is zero.</exception>
    public static BlsScalar operator *(BlsScalar left, BlsScalar right) => Combine(left, right, &BlstLibrary.blst_sk_mul_n_check);

    /// <exception cref="ArgumentException">The result is zero: both are equal.</exception>
    public static BlsScalar operator -(BlsScalar left, BlsScalar right) => Combine(left, right, &BlstLibrary.blst_sk_sub_n_check);

    /// <summary>1/x modulo the group order.</summary>
    public BlsScalar Inverse()
    {
        var result = new byte[BlsSecretKey.Length];
        fixed (
            byte* source = _littleEndian,
                target = result
        )
        {
            BlstLibrary.blst_sk_inverse(target, source);
        }

        return new BlsScalar(result);
    }

    internal ReadOnlySpan<byte> LittleEndian => _littleEndian;

    private static BlsScalar Combine(BlsScalar left, BlsScalar right, delegate* <byte*, byte*, byte*, byte> operation)
    {
        var result = new byte[BlsSecretKey.Length];
        fixed (
            byte* first = left._littleEndian,
                second = right._littleEndian,
                target = result
        )
        {
            return operation(target, first, second) != 0
                ? new BlsScalar(result)
                : throw new ArgumentException("the result of the operation is zero");
        }
    }
}
