namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>How often each case happened: what was done, and what came of it.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Note(string what, string outcome) => Add($"{what}: {outcome}", 1);

    public void Add(Tally other)
    {
        foreach (var (name, count) in other._counts)
        {
            Add(name, count);
        }
    }

    public override string ToString() => string.Join('\n', _counts.Select(one => $"{one.Value, 10:n0}  {one.Key}"));

    private void Add(string name, long count) => _counts[name] = _counts.GetValueOrDefault(name) + count;
}
