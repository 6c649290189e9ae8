using System.Diagnostics;

namespace RemoteSigner.Rig;

/// <summary>
/// A PKCS#11 module in front of SoftHSM2 that answers as another token does: what differs stands in a table of
/// <c>tests/pkcs11-stand-in</c>, by the name of the HSM profile. Each has a file of its own, because a process loads and initialises a
/// module once.
/// </summary>
public sealed class StandIn
{
    private static readonly Lock _gate = new();

    private StandIn(string module) => Module = module;

    /// <summary>Path of the module.</summary>
    public string Module { get; }

    /// <summary>The folder of the tables, one for each HSM profile.</summary>
    public static string Tables => Path.Combine(Repository.Root, "tests", "pkcs11-stand-in");

    /// <summary>The lines of a profile's table, with the source of each.</summary>
    public static IReadOnlyList<(string Key, string Value, string Source)> TableOf(string profile) =>
        [.. File.ReadAllLines(Path.Combine(Tables, $"{profile}.table")).Select(Parsed)];

    /// <summary>For this profile's token.</summary>
    /// <param name="behind">Label of the SoftHSM2 token behind it.</param>
    public static StandIn Of(string profile, string folder, string behind) =>
        With([.. TableOf(profile).Select(line => $"{line.Key} {line.Value}")], folder, behind);

    /// <summary>For a token that differs in these words of a table.</summary>
    public static StandIn With(IEnumerable<string> table, string folder, string behind)
    {
        var name = Path.Combine(folder, $"stand-in-{Guid.NewGuid():N}");
        File.Copy(Built(folder), $"{name}.so");
        File.WriteAllLines($"{name}.table", table.Prepend($"behind {behind}"));
        return new StandIn($"{name}.so");
    }

    /// <summary>All sessions end at the next call.</summary>
    public void Lose() => File.WriteAllText(Path.ChangeExtension(Module, ".lose"), "");

    /// <summary>Did a call find its sessions lost since?</summary>
    public bool HasLost => !File.Exists(Path.ChangeExtension(Module, ".lose"));

    private static (string Key, string Value, string Source) Parsed(string line)
    {
        var parts = line.Split(" ; ", 2);
        var words = parts[0].Split(' ', 2);
        return (words[0], words.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(1) ?? "");
    }

    private static string Built(string folder)
    {
        var library = Path.Combine(folder, "stand-in.so");
        lock (_gate)
        {
            if (!File.Exists(library))
            {
                using var compiler = Process.Start(
                    "cc",
                    [
                        "-shared",
                        "-fPIC",
                        "-O1",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-std=gnu17",
                        "-o",
                        library,
                        Path.Combine(Tables, "stand_in.c"),
                        "-ldl",
                        "-lcrypto",
                    ]
                );
                compiler.WaitForExit();
                return compiler.ExitCode == 0 ? library : throw new InvalidOperationException("the stand-in does not compile");
            }
        }

        return library;
    }
}
