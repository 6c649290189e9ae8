using System.Text;
using System.Text.Json;

namespace RemoteSigner.Slashing;

/// <summary>
/// Walks a JSON document of any size token by token in constant memory. Throws <see cref="JsonException"/> where it is not JSON, or where
/// one value is longer than <see cref="LongestToken"/> bytes, which no value of the interchange format is.
/// </summary>
internal sealed class JsonTokens(Stream stream)
{
    public const int LongestToken = 64 * 1024;

    private readonly byte[] _buffer = new byte[LongestToken];
    private readonly char[] _text = new char[LongestToken];
    private int _length;
    private JsonReaderState _state;
    private int _start;
    private int _end;
    private bool _final;
    private bool _begun;

    /// <summary>The token read last; <see cref="JsonTokenType.None"/> before the first and after the last.</summary>
    public JsonTokenType Type { get; private set; }

    /// <summary>
    /// A property name or string without its escapes, or a number as it is written; else empty. Valid until the next token is read.
    /// </summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Goes to the next token.</summary>
    public ValueTask ReadAsync() => TryRead() ? ValueTask.CompletedTask : FillAndReadAsync();

    /// <summary>Goes to the end of the value that begins with the current token.</summary>
    public async ValueTask SkipAsync()
    {
        var open = 0;
        do
        {
            open += Type switch
            {
                JsonTokenType.StartObject or JsonTokenType.StartArray => 1,
                JsonTokenType.EndObject or JsonTokenType.EndArray => -1,
                _ => 0,
            };
            if (open > 0)
            {
                await ReadAsync();
            }
        } while (open > 0);
    }

    private async ValueTask FillAndReadAsync()
    {
        do
        {
            if (_final)
            {
                (Type, _length) = (JsonTokenType.None, 0);
                return;
            }

            await FillAsync();
        } while (!TryRead());
    }

    private bool TryRead()
    {
        var json = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _final, _state);
        var found = json.Read();
        (_start, _state) = (_start + (int)json.BytesConsumed, json.CurrentState);
        if (found)
        {
            Type = json.TokenType;
            _length = Type switch
            {
                JsonTokenType.PropertyName or JsonTokenType.String => Unescape(ref json),
                JsonTokenType.Number => Encoding.ASCII.GetChars(json.ValueSpan, _text),
                _ => 0,
            };
        }

        return found;
    }

    private int Unescape(ref Utf8JsonReader json)
    {
        try
        {
            return json.CopyString(_text);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("an escape stands for half a surrogate pair", e);
        }
    }

    private async ValueTask FillAsync()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            throw new JsonException($"a value is longer than {LongestToken} bytes");
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end));
        _final = read == 0;
        _end += read;
        SkipByteOrderMark();
    }

    private void SkipByteOrderMark()
    {
        if (!_begun && (_end >= 3 || _final))
        {
            _begun = true;
            _start = _buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8) ? 3 : 0;
        }
    }
}
