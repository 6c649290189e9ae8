using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Tests.Sealing;

/// <summary>
/// SoftHSM2 with three throwaway tokens: "one", "two", and "secret" whose PIN this process never had in a string. The module reads its
/// configuration from the C environment of this process and only once, so there is one of these for all tests, and tests with tokens do not
/// run side by side.
/// </summary>
public sealed class SoftHsm : IDisposable
{
    internal const string Pin = "271828";

    private const string Module = "/usr/lib/softhsm/libsofthsm2.so";

    private readonly string _folder = Directory.CreateTempSubdirectory("softhsm").FullName;

    public SoftHsm()
    {
        Installed = File.Exists(Module);
        if (Installed)
        {
            Configuration = Path.Combine(_folder, "softhsm2.conf");
            Directory.CreateDirectory(Path.Combine(_folder, "tokens"));
            File.WriteAllText(Configuration, $"directories.tokendir = {_folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n");
            SetEnvironment("SOFTHSM2_CONF", Configuration);
            MakeToken("one");
            MakeToken("two");
            Run(
                "sh",
                "-c",
                $"head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n' > {SecretPinFile}; softhsm2-util "
                    + $"--init-token --free --label secret --so-pin 31415926 --pin $(cat {SecretPinFile})"
            );
        }
    }

    internal string Configuration { get; } = "";

    internal string Folder => _folder;

    /// <summary>How many objects all tokens hold.</summary>
    internal int Objects =>
        Directory
            .EnumerateFiles(Path.Combine(_folder, "tokens"), "*.object", SearchOption.AllDirectories)
            .Count(file => Path.GetFileName(file) != "token.object");

    internal string SecretPinFile => Path.Combine(_folder, "pin");

    private bool Installed { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Environment.SetEnvironmentVariable keeps a copy of its own, which no C library sees.</summary>
    internal static void SetEnvironment(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        Assert.Equal(0, setenv(name, value, 1));
    }

    /// <summary>A missing SoftHSM is a failure where everything must run, and a skip with its reason elsewhere.</summary>
    internal void Require()
    {
        if (!Installed)
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", $"{Module} is not installed");
            Assert.Skip($"{Module} is not installed (apt-get install softhsm2)");
        }
    }

    internal Pkcs11Token Open(
        SecretArena arena,
        string label = "one",
        string pin = Pin,
        HsmProfile? profile = null,
        TokenTimeouts? timeouts = null,
        string module = Module,
        string? serial = null
    )
    {
        Require();
        return new Pkcs11Token(
            profile ?? HsmProfile.Get("softhsm2"),
            new TokenAddress(module, label, serial),
            Secret(arena, pin),
            arena,
            TimeProvider.System,
            timeouts
        );
    }

    internal static SecretBytes Secret(SecretArena arena, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var secret = arena.Allocate(bytes.Length);
        bytes.CopyTo(secret.Span);
        return secret;
    }

    private void MakeToken(string label) =>
        Run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "31415926", "--pin", Pin);

    private void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SOFTHSM2_CONF"] = Configuration;
        using var process = Process.Start(start)!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setenv(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int overwrite
    );
}

[CollectionDefinition(Name)]
public sealed class SoftHsmCollection : ICollectionFixture<SoftHsm>
{
    public const string Name = "SoftHSM2";
}
