using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Memory for the bytes of one long hex text after the other. It is not a pool's, which would keep for each thread what the longest that
/// ever came took.
/// </summary>
internal sealed class HexBuffer
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Of the text that was read last.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>False when it is no string, or no even number of hex digits.</summary>
    public bool TryRead(JsonTokenType kind, ReadOnlySpan<byte> utf8Text)
    {
        var digits = utf8Text.StartsWith("0x"u8) ? utf8Text[2..] : utf8Text;
        _length = digits.Length / 2;
        if (_length > _bytes.Length)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(Math.Max(_length, 2 * _bytes.Length));
        }

        var isRead = kind is JsonTokenType.String && Hex.TryParse(digits, _bytes.AsSpan(0, _length));
        _length = isRead ? _length : 0;
        return isRead;
    }
}
