using System.Globalization;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>One SSV network at one of its forks: 4 bytes, such as 0x00000001 on mainnet since the Alan fork.</summary>
public readonly record struct SsvDomain(uint Value)
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 4;

    /// <summary>Reads 0x and 8 hexadecimal digits.</summary>
    public static bool TryParse(string text, out SsvDomain domain)
    {
        var parsed = uint.TryParse(
            text.StartsWith("0x", StringComparison.Ordinal) && text.Length == 10 ? text.AsSpan(2) : "",
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var value
        );
        domain = new SsvDomain(value);
        return parsed;
    }

    public override string ToString() => $"0x{Value:x8}";
}
