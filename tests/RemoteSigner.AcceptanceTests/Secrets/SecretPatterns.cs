using System.Text;

namespace RemoteSigner.AcceptanceTests.Secrets;

/// <summary>
/// Byte patterns that must be nowhere, each with a name to report: a scalar in both byte orders and as hex digits, a text in UTF-8 and
/// UTF-16. Of a scalar every half counts: the rest may have been overwritten.
/// </summary>
internal sealed class SecretPatterns
{
    private readonly List<(string Name, byte[] Bytes)> _patterns = [];

    public int Longest => _patterns.Max(pattern => pattern.Bytes.Length);

    public int Count => _patterns.Count;

    public void AddScalar(string name, byte[] bigEndian)
    {
        byte[] littleEndian = [.. bigEndian.Reverse()];
        foreach (var half in new[] { Range.EndAt(16), Range.StartAt(16) })
        {
            AddBytes($"{name}, big-endian {half}", bigEndian[half]);
            AddBytes($"{name}, little-endian {half}", littleEndian[half]);
            AddText($"{name}, hex {half}", Convert.ToHexStringLower(bigEndian[half]));
            AddText($"{name}, upper-case hex {half}", Convert.ToHexString(bigEndian[half]));
        }
    }

    public void AddText(string name, string text)
    {
        AddBytes($"{name} in UTF-8", Encoding.UTF8.GetBytes(text));
        AddBytes($"{name} in UTF-16", Encoding.Unicode.GetBytes(text));
    }

    public void AddBytes(string name, byte[] bytes) => _patterns.Add((name, bytes));

    /// <summary>The names of the patterns that are in <paramref name="bytes"/>, with the place of the first.</summary>
    public IEnumerable<(string Name, int Offset)> In(ReadOnlySpan<byte> bytes)
    {
        var found = new List<(string, int)>();
        if (bytes.ContainsAnyExcept((byte)0))
        {
            foreach (var (name, pattern) in _patterns)
            {
                if (bytes.IndexOf(pattern) is var offset and >= 0)
                {
                    found.Add((name, offset));
                }
            }
        }

        return found;
    }
}
