namespace RemoteSigner.Slashing;

/// <summary>
/// Slots and epochs as SQLite keeps them: signed 64-bit. No chain gets past 2^63-1; a larger number is refused, never wrapped.
/// </summary>
internal static class StoredNumber
{
    public static bool Fits(ulong value) => value <= long.MaxValue;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> past 2^63-1.</summary>
    public static long From(ulong value) =>
        Fits(value) ? (long)value : throw new ArgumentOutOfRangeException(nameof(value), value, "slots and epochs go to 2^63-1");
}
