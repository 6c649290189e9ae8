using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Opens a cluster file: within bounds, strictly JSON, one root object all of whose members are known.</summary>
internal static class ClusterJson
{
    // A validator of 13 operators takes 3 KiB; Charon reads 16 MiB of definition.
    public const int MaxBytes = 64 * 1024 * 1024;

    public static T Read<T>(ReadOnlyMemory<byte> json, Func<JsonMembers, T> read)
    {
        if (json.Length > MaxBytes)
        {
            throw TooLarge(json.Length);
        }

        using var document = JsonMembers.Open(json);
        var root = new JsonMembers(document.RootElement, "");
        var value = read(root);
        root.RefuseUnread();
        return value;
    }

    public static ClusterFileException TooLarge(long length) =>
        new(
            ClusterFileFault.TooLarge,
            $"the file has {length} bytes, at most {MaxBytes} are read",
            "check that this is a cluster-lock.json or cluster-definition.json"
        );

    /// <summary>True when the file is a lock rather than a definition; neither is known to be well-formed by that.</summary>
    public static bool IsLock(ReadOnlyMemory<byte> json) => Read(json, root =>
        {
            root.IgnoreOthers();
            return root.Has(LockJson.Definition);
        });

    public static ClusterVersion Version(JsonMembers definition)
    {
        const int LongestVersion = 16;
        var text = definition.Text("version", LongestVersion);
        return ClusterVersion.Find(text)
            ?? throw new ClusterFileException(
                ClusterFileFault.UnknownVersion,
                $"{definition.PathOf("version")} is '{text}'; v1.0.0 to v1.11.0 are known",
                "a newer Charon wrote this file: look for a newer version of this program"
            );
    }

    /// <summary>Empty, or 0x and 40 hexadecimal digits, as it stands in the file.</summary>
    public static string Address(this JsonMembers members, string name, bool optional = false)
    {
        const int Longest = 42;
        var text = members.Text(name, Longest, optional);
        return text.Length == 0 || (text.StartsWith("0x", StringComparison.Ordinal) && ExecutionAddress.TryParse(text, out _))
            ? text
            : throw members.Malformed(name, "is no address: 0x and 40 hexadecimal digits");
    }
}
