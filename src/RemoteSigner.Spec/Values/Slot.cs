using System.Globalization;

namespace RemoteSigner.Spec;

/// <summary>A beacon chain slot number (consensus-specs <c>Slot</c>, unsigned 64-bit).</summary>
public readonly record struct Slot(ulong Value) : IComparable<Slot>
{
    public static bool operator <(Slot left, Slot right) => left.Value < right.Value;

    public static bool operator >(Slot left, Slot right) => left.Value > right.Value;

    public static bool operator <=(Slot left, Slot right) => left.Value <= right.Value;

    public static bool operator >=(Slot left, Slot right) => left.Value >= right.Value;

    public int CompareTo(Slot other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
