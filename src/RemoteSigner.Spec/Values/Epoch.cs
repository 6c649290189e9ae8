using System.Globalization;

namespace RemoteSigner.Spec;

/// <summary>A beacon chain epoch number (consensus-specs <c>Epoch</c>, unsigned 64-bit).</summary>
public readonly record struct Epoch(ulong Value) : IComparable<Epoch>
{
    /// <summary>The epoch that never comes (consensus-specs <c>FAR_FUTURE_EPOCH</c>).</summary>
    public static Epoch FarFuture { get; } = new(ulong.MaxValue);

    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;

    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
