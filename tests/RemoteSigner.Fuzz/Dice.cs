namespace RemoteSigner.Fuzz;

/// <summary>
/// Chance that can be had again: the same seed and number of input give the same input (splitmix64). For tests; no secret comes of it.
/// </summary>
internal sealed class Dice
{
    private ulong _state;

    public Dice(ulong seed, long input) => _state = unchecked(seed + ((ulong)input * 0x9E3779B97F4A7C15));

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var mixed = _state;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>From 0 to one less than <paramref name="most"/>.</summary>
    public int Below(int most) => (int)(Next() % (ulong)most);

    /// <summary>One time in <paramref name="times"/>.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(IReadOnlyList<T> choice) => choice[Below(choice.Count)];

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)(Next() & 0xff);
        }

        return bytes;
    }
}
