using System.Globalization;

namespace RemoteSigner.Benchmarks;

/// <summary>What the kernel says of a process.</summary>
internal static class ProcessFigures
{
    private const double TicksPerSecond = 100;

    /// <summary>User and system CPU seconds so far (proc(5): fields 14 and 15 of stat).</summary>
    public static double CpuSeconds(int processId)
    {
        var text = File.ReadAllText($"/proc/{processId}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture))
            / TicksPerSecond;
    }

    /// <summary>Bytes that it has caused to be sent to a device so far (proc(5), write_bytes of io).</summary>
    public static long WrittenBytes(int processId) =>
        long.Parse(
            File.ReadLines($"/proc/{processId}/io").First(line => line.StartsWith("write_bytes: ", StringComparison.Ordinal))[
                "write_bytes: ".Length..
            ],
            CultureInfo.InvariantCulture
        );

    /// <summary>A memory figure of status, in MiB.</summary>
    public static double MemoryMiB(int processId, string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture) / 1024;
    }
}
