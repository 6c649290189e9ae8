using RemoteSigner.Rig;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

/// <summary>What every test against a real swtpm begins with: one of its own on a unix socket, in a folder of its own.</summary>
public abstract class TpmTest : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpm-").FullName;

    /// <summary>The software TPM, still unprovisioned.</summary>
    protected SoftwareTpm Software { get; private set; } = null!;

    protected static TpmTimeouts Brief { get; } = new() { Command = TimeSpan.FromSeconds(0.5) };

    public virtual async ValueTask InitializeAsync()
    {
        if (!SoftwareTpm.IsAvailable)
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", "swtpm and tpm2-tools are not installed");
            Assert.Skip("swtpm or tpm2-tools is not installed (apt-get install swtpm tpm2-tools)");
        }

        Software = await StartAsync(_folder);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (Software is not null)
        {
            await Software.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected virtual Task<SoftwareTpm> StartAsync(string folder) => SoftwareTpm.StartAsync(folder);

    /// <summary>A connection; swtpm serves one at a time.</summary>
    protected Tpm Open(TpmTimeouts? timeouts = null) => Tpm.Open(TpmAddress.Parse(Software.Address), timeouts);

    /// <summary>The storage root key, made if need be, and pinned to what it is.</summary>
    protected static PinnedKey PinnedRoot(Tpm tpm)
    {
        using var key = tpm.ProvisionStorageRootKey(TpmPassword.Empty);
        return key.Pin(key.Name);
    }

    protected string InFolder(string name) => Path.Combine(_folder, name);

    protected static byte[] TwoBytesSize(ReadOnlySpan<byte> bytes) => [(byte)(bytes.Length >> 8), (byte)(bytes.Length & 0xFF), .. bytes];

    /// <summary>The refusal's code.</summary>
    protected static TpmRc Refused(Action command) => Assert.Throws<TpmException>(command).Rc;
}
