using System.Formats.Asn1;
using System.Security.Cryptography;

namespace RemoteSigner.Native;

/// <summary>
/// The numbers of an <c>RSAPrivateKey</c> (RFC 8017 §A.1.2), each a span into the DER: nothing is copied. Big-endian, without leading
/// zeroes.
/// </summary>
internal readonly ref struct RsaPkcs1
{
    private const int Numbers = 8;

    private readonly ReadOnlySpan<byte> _der;
    private readonly RsaPlaces _places;

    /// <exception cref="CryptographicException">It is no two-prime RSA key in DER, or something follows it.</exception>
    internal RsaPkcs1(ReadOnlySpan<byte> der)
    {
        _der = der;
        try
        {
            AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out var start, out var length, out var used);
            var end = start + length;
            var version = AsnDecoder.ReadIntegerBytes(der[start..end], AsnEncodingRules.DER, out var read);
            start += read;
            if (used != der.Length || version is not [0])
            {
                throw Malformed(null);
            }

            for (var i = 0; i < Numbers; i++)
            {
                var number = AsnDecoder.ReadIntegerBytes(der[start..end], AsnEncodingRules.DER, out read);
                start += read;
                _places[i] =
                    number[0] == 0 ? (start - number.Length + 1, number.Length - 1)
                    : number[0] < 0x80 ? (start - number.Length, number.Length)
                    : throw Malformed(null);
            }

            if (start != end)
            {
                throw Malformed(null);
            }
        }
        catch (AsnContentException e)
        {
            throw Malformed(e);
        }
    }

    internal ReadOnlySpan<byte> Modulus => this[0];

    internal ReadOnlySpan<byte> Exponent => this[1];

    /// <summary>n, e, d, p, q, d mod (p − 1), d mod (q − 1), 1/q mod p.</summary>
    internal ReadOnlySpan<byte> this[int index] => _der.Slice(_places[index].Start, _places[index].Length);

    private static CryptographicException Malformed(Exception? cause) =>
        new("the bytes are no PKCS#1 RSA private key of two primes", cause);

    [System.Runtime.CompilerServices.InlineArray(Numbers)]
    private struct RsaPlaces
    {
        private (int Start, int Length) _first;
    }
}
