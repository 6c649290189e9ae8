using System.Diagnostics;
using System.Net;
using System.Text;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// How a client's requests get to the signer and the answers back: with the runtime that the client has, where it is at hand.
/// </summary>
internal abstract class ClientLine : IAsyncDisposable
{
    /// <summary>One request; null where there was no whole answer.</summary>
    public abstract Task<ApiAnswer?> AskAsync(string method, string path, string? accept, string? body = null);

    public abstract ValueTask DisposeAsync();

    /// <summary>.NET's client in the place of one whose TLS and HTTP are nothing special.</summary>
    public static ClientLine Of(HttpClient http) => new Direct(http);

    /// <summary>The curl of this machine, a new connection for each request.</summary>
    public static ClientLine OfCurl(Uri signer, params string[] options) => new OfCurlProcess(signer, options);

    /// <summary>A program that takes a request a line and gives an answer a line.</summary>
    public static ClientLine OfProgram(string program, params string[] arguments) => new Piped(program, arguments);

    private sealed class Direct(HttpClient http) : ClientLine
    {
        public override async Task<ApiAnswer?> AskAsync(string method, string path, string? accept, string? body = null)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative))
            {
                Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
            };
            if (accept is not null)
            {
                request.Headers.TryAddWithoutValidation("Accept", accept);
            }

            try
            {
                return await http.AskAsync(request);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
            {
                return null;
            }
        }

        public override ValueTask DisposeAsync()
        {
            http.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class OfCurlProcess(Uri signer, string[] options) : ClientLine
    {
        public override async Task<ApiAnswer?> AskAsync(string method, string path, string? accept, string? body = null)
        {
            string[] content = body is null ? [] : ["-H", "Content-Type: application/json", "-d", body];
            string[] accepts = accept is null ? [] : ["-H", $"Accept: {accept}"];
            var curl = await CommandResult.OfAsync(
                "curl",
                [
                    "-sS",
                    "--max-time",
                    "10",
                    "-X",
                    method,
                    .. options,
                    .. accepts,
                    .. content,
                    "-w",
                    "\n%{http_code}\n%{content_type}",
                    new Uri(signer, path).AbsoluteUri,
                ]
            );
            var lines = curl.Output.Split('\n');
            return curl.ExitCode == 0
                ? new ApiAnswer((HttpStatusCode)int.Parse(lines[^2]), lines[^1], string.Join('\n', lines[..^2]))
                : null;
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Piped : ClientLine
    {
        private readonly Process _process;

        public Piped(string program, string[] arguments) =>
            _process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true }
            )!;

        public override async Task<ApiAnswer?> AskAsync(string method, string path, string? accept, string? body = null)
        {
            await _process.StandardInput.WriteLineAsync(
                string.Join('\t', method, path, accept, body is null ? "" : Convert.ToBase64String(Encoding.UTF8.GetBytes(body)))
            );
            await _process.StandardInput.FlushAsync();
            var parts = (
                await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the client's program ended")
            ).Split('\t');
            return parts[0] == "0"
                ? null
                : new ApiAnswer((HttpStatusCode)int.Parse(parts[0]), parts[1], Encoding.UTF8.GetString(Convert.FromBase64String(parts[2])));
        }

        public override async ValueTask DisposeAsync()
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
