using System.Text;

namespace RemoteSigner.Audit;

/// <summary>Lines of a text that somebody else made: one that has no end is not read into memory.</summary>
internal sealed class BoundedLines(TextReader text, int most)
{
    private readonly char[] _block = new char[64 * 1024];
    private readonly StringBuilder _line = new();
    private int _start;
    private int _end;

    /// <summary>The next line without its line feed; null at the end of the text.</summary>
    /// <exception cref="InvalidDataException">It has more characters than is allowed.</exception>
    public async Task<string?> ReadAsync(CancellationToken cancellation)
    {
        _line.Clear();
        while (true)
        {
            if (_start == _end && !await FillAsync(cancellation))
            {
                return _line.Length == 0 ? null : _line.ToString();
            }

            var rest = _block.AsMemory(_start, _end - _start);
            var feed = rest.Span.IndexOf('\n');
            var taken = feed < 0 ? rest : rest[..feed];
            if (_line.Length + taken.Length > most)
            {
                throw new InvalidDataException();
            }

            _line.Append(taken);
            _start += feed < 0 ? taken.Length : taken.Length + 1;
            if (feed >= 0)
            {
                return _line.ToString();
            }
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        (_start, _end) = (0, await text.ReadAsync(_block, cancellation));
        return _end > 0;
    }
}
