using System.Collections.Concurrent;
using System.Diagnostics;

namespace RemoteSigner.Rig;

/// <summary>
/// A throwaway swtpm with its state in a folder of its own, on a unix socket or a TCP port. It can be killed, started again on the same
/// state, and made to hang.
/// </summary>
public sealed class SoftwareTpm : IAsyncDisposable, IDisposable
{
    // Thirty seconds: a machine that builds beside the tests takes its time.
    private const int MaxAttempts = 3000;

    private static readonly ConcurrentDictionary<SoftwareTpm, Process> _alive = new();

    private readonly string _state;
    private readonly string[] _doors;
    private Process? _process;

    // A run that is broken off disposes of nothing, and swtpm outlives whoever started it.
    static SoftwareTpm() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (var process in _alive.Values.Where(process => !process.HasExited))
            {
                process.Kill();
            }
        };

    private SoftwareTpm(string folder, string address, string[] doors)
    {
        (Folder, Address, _doors) = (folder, address, doors);
        _state = Directory.CreateDirectory(Path.Combine(folder, "state")).FullName;
    }

    /// <summary>Its folder, where the tools run too.</summary>
    public string Folder { get; }

    /// <summary>In tpm2-tools' words, such as <c>swtpm:path=/tmp/x/sock</c>.</summary>
    public string Address { get; }

    /// <summary>Are swtpm and tpm2-tools installed?</summary>
    public static bool IsAvailable => File.Exists("/usr/bin/swtpm") && File.Exists("/usr/bin/tpm2");

    /// <summary>On a unix socket in the folder, whose path must stay short (108 bytes).</summary>
    public static Task<SoftwareTpm> StartAsync(string folder)
    {
        var socket = Path.Combine(folder, "sock");
        return StartedAsync(
            new SoftwareTpm(
                folder,
                $"swtpm:path={socket}",
                ["--server", $"type=unixio,path={socket}", "--ctrl", $"type=unixio,path={socket}.ctrl"]
            )
        );
    }

    /// <summary>
    /// As it leaves its maker: with an RSA endorsement key, and a certificate of it by an authority in the folder (<see cref="MakerRoot"/>,
    /// <see cref="MakerIssuer"/>).
    /// </summary>
    public static async Task<SoftwareTpm> StartCertifiedAsync(string folder)
    {
        var authority = Directory.CreateDirectory(Path.Combine(folder, "maker")).FullName;
        var state = Directory.CreateDirectory(Path.Combine(folder, "state")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(authority, "localca.conf"),
            $"statedir = {authority}\nsigningkey = {authority}/signkey.pem\nissuercert = "
                + $"{authority}/issuercert.pem\ncertserial = {authority}/certserial\n"
        );
        await File.WriteAllTextAsync(
            Path.Combine(authority, "localca.options"),
            "--platform-manufacturer Rig\n--platform-version 1\n--platform-model rig\n"
        );
        await File.WriteAllTextAsync(
            Path.Combine(authority, "setup.conf"),
            "create_certs_tool=/usr/bin/swtpm_localca\n"
                + $"create_certs_tool_config={authority}/localca.conf\ncreate_certs_tool_options={authority}/localca.options\n"
        );
        string[] arguments =
        [
            "--tpm2",
            "--tpm-state",
            state,
            "--pcr-banks",
            "sha256",
            "--config",
            Path.Combine(authority, "setup.conf"),
            "--create-ek-cert",
        ];
        (await CommandResult.OfAsync("swtpm_setup", arguments)).Succeeded();
        return await StartAsync(folder);
    }

    /// <summary>PEM of the root of a certified TPM's maker, and of the authority under it that signed the certificate.</summary>
    public string MakerRoot => Path.Combine(Folder, "maker", "swtpm-localca-rootca-cert.pem");

    public string MakerIssuer => Path.Combine(Folder, "maker", "issuercert.pem");

    /// <summary>On a free TCP port; the control channel is on the next one, where the tools expect it.</summary>
    public static Task<SoftwareTpm> StartOnTcpAsync(string folder)
    {
        var port = LoopbackPort.FreePair();
        return StartedAsync(
            new SoftwareTpm(
                folder,
                $"swtpm:host=127.0.0.1,port={port}",
                [
                    "--server",
                    $"type=tcp,bindaddr=127.0.0.1,port={port},disconnect=off",
                    "--ctrl",
                    $"type=tcp,bindaddr=127.0.0.1,port={port + 1}",
                ]
            )
        );
    }

    /// <summary>
    /// Runs a tool of tpm2-tools against this TPM in its folder. swtpm serves one client at a time: close other connections before.
    /// </summary>
    public Task<CommandResult> ToolAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("tpm2", arguments) { WorkingDirectory = Folder };
        (start.Environment["TPM2TOOLS_TCTI"], start.Environment["TSS2_LOG"]) = (Address, "all+none");
        return CommandResult.OfAsync(start);
    }

    /// <summary>Takes objects out of the TPM that tools left in it, as nobody between them does.</summary>
    public async Task FlushAsync() => (await ToolAsync("flushcontext", "--transient-object")).Succeeded();

    /// <summary>Starts it (again) on the same state, as after a power-up, and waits until it listens.</summary>
    public async Task StartAsync()
    {
        File.Delete(Path.Combine(Folder, "sock"));
        string[] arguments =
        [
            "socket",
            "--tpm2",
            "--tpmstate",
            $"dir={_state},mode=0600",
            .. _doors,
            "--flags",
            "not-need-init,startup-clear",
        ];
        _process = Process.Start(new ProcessStartInfo("swtpm", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _alive[this] = _process;
        for (var attempt = 0; !await ListensAsync(); attempt++)
        {
            if (_process.HasExited || attempt > MaxAttempts)
            {
                throw new InvalidOperationException($"swtpm does not listen at {Address}: {await EndAsync(_process)}");
            }

            await Task.Delay(10);
        }
    }

    // Nobody else knows of it yet, so nobody else would end it.
    private static async Task<string> EndAsync(Process process)
    {
        if (process.HasExited)
        {
            return await process.StandardError.ReadToEndAsync();
        }

        process.Kill();
        await process.WaitForExitAsync();
        return "it was still starting";
    }

    /// <summary>SIGKILL, as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    /// <summary>SIGSTOP: it keeps its connections and answers nothing.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    public void Dispose()
    {
        _alive.TryRemove(this, out _);
        if (!_process!.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _alive.TryRemove(this, out _);
        if (!_process!.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static async Task<SoftwareTpm> StartedAsync(SoftwareTpm tpm)
    {
        await tpm.StartAsync();
        return tpm;
    }

    /// <summary>Asks the kernel's table, because a connection would be served as the one client.</summary>
    private async Task<bool> ListensAsync()
    {
        if (Address.StartsWith("swtpm:path=", StringComparison.Ordinal))
        {
            // The flag __SO_ACCEPTCON: between bind and listen the name is there, and refuses.
            return (await File.ReadAllLinesAsync("/proc/net/unix")).Any(line =>
                line.Contains(" 00010000 ", StringComparison.Ordinal)
                && line.EndsWith(" " + Address["swtpm:path=".Length..], StringComparison.Ordinal)
            );
        }

        var port = int.Parse(Address[(Address.LastIndexOf('=') + 1)..]);
        return (await File.ReadAllTextAsync("/proc/net/tcp")).Contains($"0100007F:{port:X4} 00000000:0000 0A", StringComparison.Ordinal);
    }

    private async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process!.Id.ToString()]);
        await kill.WaitForExitAsync();
    }
}
