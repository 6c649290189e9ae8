namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>Numbers that follow from a seed alone, on every machine and in every version (SplitMix64).</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + (int)(Next() % (ulong)(most - least + 1));

    public bool OneIn(int times) => Between(1, times) == 1;

    public T One<T>(params ReadOnlySpan<T> of) => of[Between(0, of.Length - 1)];
}
