using System.Diagnostics;
using System.Net;
using System.Text;

namespace RemoteSigner.Rig;

/// <summary>The published binary serving one data directory, until it is disposed or killed.</summary>
public sealed class SignerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private SignerProcess(Process process, int apiPort, int operationsPort)
    {
        (_process, ApiPort, OperationsPort) = (process, apiPort, operationsPort);
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int ApiPort { get; }

    public int OperationsPort { get; }

    public int Id => _process.Id;

    public Uri Api => new($"https://127.0.0.1:{ApiPort}");

    public Uri Operations => new($"http://127.0.0.1:{OperationsPort}");

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

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

    /// <summary>Starts <c>serve</c> and waits until the keys are open.</summary>
    public static async Task<SignerProcess> StartAsync(string data, SoftToken? token, params string[] arguments)
    {
        var signer = Launch(data, token, arguments);
        await signer.WaitUntilReadyAsync();
        return signer;
    }

    /// <summary>Starts <c>serve</c> and does not wait.</summary>
    public static SignerProcess Launch(string data, SoftToken? token, params string[] arguments) => LaunchUnder([], data, token, arguments);

    /// <summary>Starts <c>serve</c> as the last arguments of a program that becomes it, such as <c>env</c>, and does not wait.</summary>
    public static SignerProcess LaunchUnder(string[] program, string data, SoftToken? token, params string[] arguments) =>
        Launch(program, LoopbackPort.Free(), data, token, arguments);

    /// <summary>Starts <c>serve</c> where its clients know it from before, and does not wait.</summary>
    public static SignerProcess LaunchAt(int apiPort, string data, SoftToken? token, params string[] arguments) =>
        Launch([], apiPort, data, token, arguments);

    private static SignerProcess Launch(string[] program, int api, string data, SoftToken? token, string[] arguments)
    {
        var operations = LoopbackPort.Free();
        string[] line =
        [
            .. program,
            Repository.Binary,
            "serve",
            "--data",
            data,
            "--listen",
            $"127.0.0.1:{api}",
            "--operations",
            $"127.0.0.1:{operations}",
            .. arguments,
        ];
        return new SignerProcess(Process.Start(Command(line[0], token, line[1..]))!, api, operations);
    }

    /// <summary>Runs a verb to its end.</summary>
    public static Task<CommandResult> RunAsync(SoftToken? token, params string[] arguments) => RunUnderAsync([], token, arguments);

    /// <summary>Runs a verb to its end as the last arguments of another program, such as <c>prlimit</c> or a debugger.</summary>
    public static Task<CommandResult> RunUnderAsync(string[] program, SoftToken? token, params string[] arguments)
    {
        string[] line = [.. program, Repository.Binary, .. arguments];
        return CommandResult.OfAsync(Command(line[0], token, line[1..]));
    }

    /// <summary>Polls the health check until it answers 200.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or was not ready within a minute.</exception>
    public async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Operations };
        var report = "";
        for (var attempt = 0; attempt < 1200 && !_process.HasExited; attempt++)
        {
            try
            {
                using var response = await client.GetAsync(new Uri("/healthcheck", UriKind.Relative));
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }

                report = await response.Content.ReadAsStringAsync();
            }
            catch (HttpRequestException)
            {
                // Not listening yet: the next round asks again.
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException(
            $"the signer is not ready{(_process.HasExited ? $", it ended with {_process.ExitCode}" : "")}:\n{report}\n{Output}"
        );
    }

    /// <summary>Polls the health check until it answers and the report is as wanted, for ten seconds at most; the last report.</summary>
    public async Task<ApiAnswer> HealthWhenAsync(Func<ApiAnswer, bool> wanted)
    {
        using var client = new HttpClient { BaseAddress = Operations };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var report = await client.ReadAsync("/healthcheck");
                if (wanted(report) || attempt >= 200)
                {
                    return report;
                }
            }
            catch (HttpRequestException) when (attempt < 200 && !_process.HasExited)
            {
                // Not listening yet: the next round asks again.
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Waits until a reload that was asked for has ended; its report.</summary>
    /// <exception cref="InvalidOperationException">It was not over within a minute.</exception>
    public async Task<ApiAnswer> EndOfReloadAsync()
    {
        using var client = new HttpClient { BaseAddress = Operations };
        for (var attempt = 0; attempt < 1200; attempt++)
        {
            await Task.Delay(50);
            var report = await client.ReadAsync("/reload");
            if (report.Json.GetProperty("status").GetString() is not ("idle" or "running"))
            {
                return report;
            }
        }

        throw new InvalidOperationException($"the reload has not ended:\n{Output}");
    }

    /// <summary>SIGKILL, as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM and wait for the orderly end.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync("TERM");
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>Sends a signal by name, such as HUP.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString()]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo Command(string program, SoftToken? token, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        token?.Describe(start.Environment);
        return start;
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
