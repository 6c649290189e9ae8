using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace RemoteSigner.Rig;

/// <summary>The published binary as <c>connect</c> with a client that <c>init</c> made, until it is disposed.</summary>
public sealed class ConnectProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ConnectProcess(Process process, int port)
    {
        (_process, Port) = (process, port);
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The port of 127.0.0.1 where it listens while the signer is ready.</summary>
    public int Port { get; }

    public int Id => _process.Id;

    public Uri Door => new($"http://127.0.0.1:{Port}");

    /// <summary>Everything it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts it for <paramref name="signer"/> and does not wait.</summary>
    public static ConnectProcess Launch(Uri signer, string data, string client, params string[] arguments)
    {
        var port = LoopbackPort.Free();
        return new ConnectProcess(
            Process.Start(
                new ProcessStartInfo(
                    Repository.Binary,
                    ["connect", signer.AbsoluteUri, "--listen", $"127.0.0.1:{port}", .. Files(data, client), .. arguments]
                )
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!,
            port
        );
    }

    /// <summary>The options that name a client's files.</summary>
    public static string[] Files(string data, string client) =>
        [
            "--certificate",
            Path.Combine(data, "clients", client + ".crt"),
            "--key",
            Path.Combine(data, "clients", client + ".key"),
            "--ca",
            Path.Combine(data, "tls", "ca.crt"),
        ];

    /// <summary>Waits until the port is open, or refused.</summary>
    /// <exception cref="InvalidOperationException">It was not within half a minute.</exception>
    public async Task WaitUntilAsync(bool open)
    {
        for (var attempt = 0; attempt < 600 && !_process.HasExited; attempt++)
        {
            if (await IsOpenAsync() == open)
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"the port is not {(open ? "open" : "shut")}:\n{Output}");
    }

    /// <summary>Waits until it has printed these words.</summary>
    /// <exception cref="InvalidOperationException">It has not within half a minute.</exception>
    public async Task WaitForAsync(string words)
    {
        for (var attempt = 0; !Output.Contains(words, StringComparison.Ordinal); attempt++)
        {
            if (attempt == 600 || _process.HasExited)
            {
                throw new InvalidOperationException($"it does not say '{words}':\n{Output}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>What Charon does before a ceremony: does a connection come about?</summary>
    public async Task<bool> IsOpenAsync()
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>SIGTERM and wait; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
            await kill.WaitForExitAsync();
            await _process.WaitForExitAsync();
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
