using System.Collections.Frozen;
using RemoteSigner.Access;

namespace RemoteSigner.Host.Configuration;

/// <summary>How SSV's endpoints are written in <c>signer.json</c>.</summary>
internal static class SsvNames
{
    private static readonly FrozenDictionary<string, FrozenSet<SsvRight>> _known = Enum.GetValues<SsvRight>()
        .Select(right => KeyValuePair.Create(right.Name(), FrozenSet.Create(right)))
        .Append(KeyValuePair.Create("all", Enum.GetValues<SsvRight>().ToFrozenSet()))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All names, for a message.</summary>
    public static string Listing => string.Join(", ", _known.Keys.Order(StringComparer.Ordinal));

    /// <summary>The endpoints behind a name, or null.</summary>
    public static FrozenSet<SsvRight>? Find(string name) => _known.GetValueOrDefault(name);

    /// <summary>They must have been validated.</summary>
    public static FrozenSet<SsvRight> Read(IEnumerable<string> names) => names.SelectMany(name => _known[name]).ToFrozenSet();
}
