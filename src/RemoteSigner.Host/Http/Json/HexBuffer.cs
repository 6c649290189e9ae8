using System.Buffers;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>Memory for the bytes of one long hex text after the other, lent by the pool.</summary>
internal sealed class HexBuffer : IDisposable
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
            Dispose();
            _bytes = ArrayPool<byte>.Shared.Rent(_length);
        }

        var isRead = kind is JsonTokenType.String && Hex.TryParse(digits, _bytes.AsSpan(0, _length));
        _length = isRead ? _length : 0;
        return isRead;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
