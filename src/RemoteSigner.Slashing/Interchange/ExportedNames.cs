using System.Diagnostics;

namespace RemoteSigner.Slashing;

/// <summary>
/// By which of its keys a validator stands in an interchange file. One whose group key is not known always stands under the key that signs.
/// </summary>
public enum ExportedNames
{
    /// <summary>Under each of its keys.</summary>
    Both = 0,

    /// <summary>Under its group key alone: what is on chain, and stays through a reshare.</summary>
    Group = 1,

    /// <summary>Under the keys of its shares alone: what a validator client behind the middleware knows.</summary>
    Share = 2,
}

/// <summary>The word for it on the command line and the control socket: a member may be renamed, its word not.</summary>
public static class ExportedNamesWords
{
    public static string Word(this ExportedNames names) =>
        names switch
        {
            ExportedNames.Both => "both",
            ExportedNames.Group => "group",
            ExportedNames.Share => "share",
            _ => throw new UnreachableException($"the choice {names} has no word"),
        };

    /// <summary>What a word stands for, in any case; null where it is none of them.</summary>
    public static ExportedNames? Find(string? word) =>
        Enum.GetValues<ExportedNames>()
            .Where(names => names.Word().Equals(word, StringComparison.OrdinalIgnoreCase))
            .Select(names => (ExportedNames?)names)
            .FirstOrDefault();
}
