using System.Globalization;

namespace RemoteSigner.Fuzz;

/// <summary>Looks at the resident memory of a process from time to time, and says in the end whether it went on growing.</summary>
internal sealed class MemoryWatch(int process, TimeSpan period)
{
    // What a heap of this size breathes.
    private const double Breath = 24;

    private readonly List<double> _mebibytes = [];

    public async Task RunAsync(CancellationToken timeIsUp)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(timeIsUp))
            {
                _mebibytes.Add(Read());
            }
        }
        catch (OperationCanceledException)
        {
            // The time is up.
        }
    }

    public string Summary =>
        _mebibytes.Count == 0
            ? "not seen"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{_mebibytes[0]:F0} MiB at the start, {Middle:F0} on average in the middle "
                    + $"third, {Last:F0} in the last, {_mebibytes.Max():F0} at most"
            );

    /// <summary>Did it level off? What the last third has above the middle one is a breath or less.</summary>
    public bool LevelledOff => _mebibytes.Count < 6 || Last <= (Middle * 1.1) + Breath;

    private double Middle => _mebibytes.Skip(_mebibytes.Count / 3).Take(_mebibytes.Count / 3).DefaultIfEmpty().Average();

    private double Last => _mebibytes.Skip(2 * _mebibytes.Count / 3).DefaultIfEmpty().Average();

    private double Read()
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null
                ? 0
                : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
