using System.Diagnostics;

namespace RemoteSigner.Rig;

/// <summary>A throwaway SoftHSM2 token in a folder of its own; its PIN is in <see cref="PinFile"/>.</summary>
public sealed class SoftToken
{
    public const string Label = "remote-signer";

    private SoftToken(string folder)
    {
        ConfigurationFile = Path.Combine(folder, "softhsm2.conf");
        PinFile = Path.Combine(folder, "pin");
        Environment = new()
        {
            ["SOFTHSM2_CONF"] = ConfigurationFile,
            ["PKCS11SPY"] = Module,
            ["PKCS11SPY_OUTPUT"] = SpyLog,
        };
    }

    /// <summary>Where a signer finds opensc's spy, which writes down every call to the token and passes it on.</summary>
    public const string SpyModule = "/usr/lib/x86_64-linux-gnu/pkcs11-spy.so";

    private const string Module = "/usr/lib/softhsm/libsofthsm2.so";

    /// <summary>What the spy wrote: its file is there once a signer used <see cref="SpyModule"/>.</summary>
    public string SpyLog => ConfigurationFile + ".spy";

    /// <summary>What SOFTHSM2_CONF must name in the signer's environment.</summary>
    public string ConfigurationFile { get; }

    public string PinFile { get; }

    /// <summary>What the environment of a program needs that uses the token.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>How many objects it holds.</summary>
    public int Objects =>
        Directory
            .EnumerateFiles(TokenFolder(Path.GetDirectoryName(ConfigurationFile)!), "*.object", SearchOption.AllDirectories)
            .Count(file => Path.GetFileName(file) != "token.object");

    /// <summary>Is SoftHSM2 installed?</summary>
    public static bool IsAvailable => File.Exists("/usr/bin/softhsm2-util");

    /// <summary>Gives a program that is about to be started the way to this token.</summary>
    public void Describe(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in Environment)
        {
            environment[name] = value;
        }
    }

    /// <summary>The same token with all its objects in another folder, as if it had been copied before either was used again.</summary>
    public SoftToken Copy(string folder)
    {
        var (from, to) = (TokenFolder(Path.GetDirectoryName(ConfigurationFile)!), TokenFolder(folder));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.Copy(PinFile, Path.Combine(folder, "pin"));
        return Configured(folder);
    }

    private static string TokenFolder(string folder) => Path.Combine(folder, "tokens");

    private static SoftToken Configured(string folder)
    {
        var token = new SoftToken(folder);
        File.WriteAllText(
            token.ConfigurationFile,
            $"directories.tokendir = {TokenFolder(folder)}\nobjectstore.backend = file\nlog.level = ERROR\n"
        );
        return token;
    }

    public static SoftToken Create(string folder, string pin = "123456")
    {
        Directory.CreateDirectory(TokenFolder(folder));
        var token = Configured(folder);
        File.WriteAllText(token.PinFile, pin + "\n");
        File.SetUnixFileMode(token.PinFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var start = new ProcessStartInfo(
            "softhsm2-util",
            ["--init-token", "--free", "--label", Label, "--so-pin", "87654321", "--pin", pin]
        )
        {
            RedirectStandardOutput = true,
            Environment = { ["SOFTHSM2_CONF"] = token.ConfigurationFile },
        };
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? token : throw new InvalidOperationException("softhsm2-util could not make a token");
    }
}
