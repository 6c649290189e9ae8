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
        Environment = new() { ["SOFTHSM2_CONF"] = ConfigurationFile };
    }

    /// <summary>What SOFTHSM2_CONF must name in the signer's environment.</summary>
    public string ConfigurationFile { get; }

    public string PinFile { get; }

    /// <summary>What the environment of a program needs that uses the token.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>Is SoftHSM2 installed?</summary>
    public static bool IsAvailable => File.Exists("/usr/bin/softhsm2-util");

    public static SoftToken Create(string folder, string pin = "123456")
    {
        var tokens = Directory.CreateDirectory(Path.Combine(folder, "tokens"));
        var token = new SoftToken(folder);
        File.WriteAllText(token.ConfigurationFile, $"directories.tokendir = {tokens.FullName}\nobjectstore.backend = file\nlog.level = ERROR\n");
        File.WriteAllText(token.PinFile, pin + "\n");
        File.SetUnixFileMode(token.PinFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var start = new ProcessStartInfo("softhsm2-util", ["--init-token", "--free", "--label", Label, "--so-pin", "87654321", "--pin", pin])
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
