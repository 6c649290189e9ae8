using System.Globalization;

namespace RemoteSigner.Tests.Sealing;

/// <summary>
/// Looks for byte patterns in all memory of this process that can be written. What is looked for, and what is looked through, is masked, so
/// that the search does not find itself.
/// </summary>
internal sealed class MemoryScan
{
    private const byte Mask = 0xa5;
    private const int Window = 1 << 20;

    private readonly List<(string Name, byte[] Masked)> _patterns = [];

    internal void LookFor(string name, ReadOnlySpan<byte> pattern, bool reversed = false)
    {
        var masked = new byte[pattern.Length];
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] = (byte)(pattern[reversed ? masked.Length - 1 - i : i] ^ Mask);
        }

        _patterns.Add((name, masked));
    }

    /// <summary>The names of the patterns that are somewhere, with the address.</summary>
    internal List<string> Run()
    {
        using var memory = File.OpenHandle("/proc/self/mem");
        var found = new List<string>();
        var window = new byte[Window];
        foreach (var (start, end) in WritableRanges())
        {
            for (var at = start; at < end; )
            {
                var length = Read(memory, window, at, end);
                Look(window.AsSpan(0, length), at, found);
                // Half a window is looked at again, so that no pattern is cut in two. A short read has met a page that cannot be read.
                at += length == Window ? Window / 2 : Math.Max(length, Environment.SystemPageSize);
            }
        }

        return found;
    }

    private static List<(long Start, long End)> WritableRanges()
    {
        var ranges = new List<(long, long)>();
        foreach (var line in File.ReadLines("/proc/self/maps").Where(line => line.Contains(" rw", StringComparison.Ordinal)))
        {
            var dash = line.IndexOf('-', StringComparison.Ordinal);
            ranges.Add((Hex(line[..dash]), Hex(line[(dash + 1)..line.IndexOf(' ', StringComparison.Ordinal)])));
        }

        return ranges;

        static long Hex(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    // Secret memory answers with an error, and ranges may be gone by now.
    private static int Read(Microsoft.Win32.SafeHandles.SafeFileHandle memory, byte[] window, long at, long end)
    {
        try
        {
            return RandomAccess.Read(memory, window.AsSpan(0, (int)Math.Min(Window, end - at)), at);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private void Look(Span<byte> bytes, long at, List<string> found)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= Mask;
        }

        foreach (var (name, masked) in _patterns)
        {
            if (bytes.IndexOf(masked) is var hit and >= 0)
            {
                found.Add($"{name} at {at + hit:x}");
            }
        }
    }
}
