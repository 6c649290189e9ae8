using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace RemoteSigner.AcceptanceTests.Secrets;

/// <summary>
/// Looks through files, printed text and the memory of another process for patterns; says how much it has read and what it found where.
/// </summary>
internal sealed class SecretScan(SecretPatterns patterns)
{
    private const int Window = 1 << 20;

    private readonly byte[] _window = new byte[Window];

    public long BytesRead { get; private set; }

    /// <summary>What was found: the pattern's name and its place.</summary>
    public SortedSet<string> Found { get; } = [];

    /// <summary>Readable mappings of a process which the kernel refused to show, by their names.</summary>
    public SortedSet<string> Refused { get; } = [];

    public SecretScan Text(string place, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        BytesRead += bytes.Length;
        Look(bytes, place, 0);
        return this;
    }

    public SecretScan Folder(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            Text(file, Path.GetRelativePath(folder, file));
            File(file);
        }

        return this;
    }

    public SecretScan File(string path)
    {
        using var file = System.IO.File.OpenHandle(path);
        Range(file, path, 0, RandomAccess.GetLength(file));
        return this;
    }

    /// <summary>All of a process that can be read, whatever it is mapped from; as root.</summary>
    public SecretScan Memory(int process)
    {
        using var memory = System.IO.File.OpenHandle($"/proc/{process}/mem");
        foreach (var mapping in System.IO.File.ReadAllLines($"/proc/{process}/maps"))
        {
            var parts = mapping.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (parts[1].StartsWith('r'))
            {
                var name = parts.Length > 5 ? parts[5] : "anonymous";
                var ends = parts[0]
                    .Split('-')
                    .Select(end => (long)ulong.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                    .ToArray();
                if (!Range(memory, name, ends[0], ends[1]))
                {
                    Refused.Add(name);
                }
            }
        }

        return this;
    }

    /// <summary>Reads from start to end in windows that overlap by the longest pattern; false when the kernel refuses.</summary>
    private bool Range(SafeFileHandle file, string place, long start, long end)
    {
        for (long at = start, next; at < end; at = next)
        {
            var length = Read(file, at, end);
            if (length == 0)
            {
                return false;
            }

            BytesRead += length;
            Look(_window.AsSpan(0, length), place, at);
            next = at + length >= end ? end : Math.Max(at + 1, at + length - patterns.Longest);
        }

        return true;
    }

    private int Read(SafeFileHandle file, long at, long end)
    {
        try
        {
            return RandomAccess.Read(file, _window.AsSpan(0, (int)Math.Min(Window, end - at)), at);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private void Look(ReadOnlySpan<byte> bytes, string place, long at)
    {
        foreach (var (name, offset) in patterns.In(bytes))
        {
            Found.Add($"{name} in {place} at {at + offset:x}");
        }
    }
}
