namespace RemoteSigner.Keys;

/// <summary>A folder on the way through those in which clients keep keys.</summary>
/// <param name="IsEntered">Are its files looked at? Else it is told of, for keystores may lie in it.</param>
/// <param name="IsAbove">Are folders of keys in it? Then a client has files of its own beside them.</param>
internal sealed record KeyPlace(string Path, bool IsEntered, bool IsAbove)
{
    // Teku's key manager lies deepest: validator/key-manager/local.
    private const int MaxDepth = 3;

    // Whatever else lies below, such as a backup, is somebody's own and is named if it is meant.
    private static readonly HashSet<string> _clientFolders =
    [
        "validators",
        "keystores",
        "keys",
        "wallets",
        "direct",
        "derived",
        "accounts",
        "validator",
        "key-manager",
        "local",
    ];

    private static readonly EnumerationOptions _quiet = new()
    {
        IgnoreInaccessible = true,
        RecurseSubdirectories = true,
        MaxRecursionDepth = MaxDepth,
    };

    /// <summary>A folder and what lies below it, each before those in it, by name.</summary>
    public static IEnumerable<KeyPlace> From(string folder) => Enter(folder, MaxDepth);

    /// <summary>A folder by itself.</summary>
    public static IEnumerable<KeyPlace> At(string folder) => Enter(folder, 0);

    private static IEnumerable<KeyPlace> Enter(string folder, int depth)
    {
        var tree = ClientNames.TekuTree(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder)));
        var below = Directory
            .EnumerateDirectories(folder)
            .Order(StringComparer.Ordinal)
            .ToLookup(one => tree is null ? depth > 0 && IsOfAClient(one) : IsOfTeku(one, tree));
        var isOfOneClient = tree is not null || IsOfOneKeyOrWallet(System.IO.Path.GetFileName(folder));
        return new[] { new KeyPlace(folder, IsEntered: true, IsAbove: !isOfOneClient && below[true].Any()) }
            .Concat(below[true].SelectMany(one => Enter(one, depth - 1)))
            .Concat(
                below[false]
                    .Where(one => Directory.EnumerateFiles(one, "*.json", _quiet).Any())
                    .Select(one => new KeyPlace(one, IsEntered: false, IsAbove: false))
            );
    }

    private static bool IsOfAClient(string folder) =>
        System.IO.Path.GetFileName(folder) is var name && (_clientFolders.Contains(name) || IsOfOneKeyOrWallet(name));

    private static bool IsOfOneKeyOrWallet(string name) => ClientNames.IsUuid(name) || ClientNames.KeyOf(name) is not null;

    // Links could lead in a circle, and a volume of secrets has each file a second time in a hidden folder.
    private static bool IsOfTeku(string folder, TekuTree tree) =>
        tree.Depth < TekuTree.MaxDepth
        && !System.IO.Path.GetFileName(folder).StartsWith('.')
        && (File.GetAttributes(folder) & FileAttributes.ReparsePoint) == 0;
}
