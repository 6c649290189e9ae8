using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Control;

/// <summary>The verbs on a signer that runs, over its control socket.</summary>
internal sealed class RunningVerbs : ISignerVerbs
{
    private readonly HttpClient _signer;

    private RunningVerbs(HttpClient signer) => _signer = signer;

    public bool IsRunning => true;

    /// <summary>Null where no signer answers: then the files may be opened.</summary>
    public static async Task<RunningVerbs?> FindAsync(DataDirectory data)
    {
        if (!File.Exists(data.ControlSocket))
        {
            return null;
        }

        if (data.ControlEndPoint is not { } endPoint)
        {
            throw new VerbException(
                $"{data.ControlSocket} has too many bytes for the address of a socket",
                "name the folder by the shorter path that the signer was started with"
            );
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return null;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new VerbException(
                $"the signer does not let this user in at {data.ControlSocket}",
                "run as the user that the signer runs as, or as root"
            );
        }
        catch (SocketException exception)
        {
            throw new VerbException(
                $"{data.ControlSocket} is not the control socket of a signer: {exception.Message}",
                "look what is there; where no signer runs, remove it"
            );
        }

        // What it is told may be secret: nobody else's socket hears it.
        var server = PeerCredentials.UserOf(probe.SafeHandle);
        if (server != 0 && server != PeerCredentials.Ours && server != FileStatus.Of(data.LedgerFile)?.Owner)
        {
            throw new VerbException(
                $"user {server} answers at {data.ControlSocket}, and the ledger beside it belongs to another",
                "stop that program: only root, you, or the user whose ledger it is may answer there"
            );
        }

        return new RunningVerbs(
            new HttpClient(
                new SocketsHttpHandler
                {
                    ConnectCallback = async (_, cancellation) =>
                    {
                        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                        await socket.ConnectAsync(endPoint, cancellation);
                        return new NetworkStream(socket, ownsSocket: true);
                    },
                }
            )
            {
                BaseAddress = new Uri("http://signer/control/v1/"),
                Timeout = Timeout.InfiniteTimeSpan,
            }
        );
    }

    public async Task<KeysImported> ImportKeysAsync(
        IReadOnlyList<IKeystoreSource> keystores,
        Stream? history,
        int memoryMib,
        IProgress<int>? progress,
        CancellationToken cancellation
    )
    {
        using var arena = new SecretArena();
        using var body = await KeystoreBody.MakeAsync(keystores, history, arena);
        return await AskAsync(HttpMethod.Post, "keys", ControlContext.Default.KeysImported, new ReadOnlyMemoryContent(body.Utf8));
    }

    public async Task<ImportOutlook> EvaluateImportAsync(IReadOnlyList<OfferedKey> keys, bool neverSigned, Stream? history)
    {
        using var copy = new MemoryStream();
        await (history ?? Stream.Null).CopyToAsync(copy);
        var question = new ImportQuestion(keys, neverSigned, history is null ? null : copy.ToArray());
        return await AskAsync(
            HttpMethod.Post,
            "keys/evaluate",
            ControlContext.Default.ImportOutlook,
            JsonContent.Create(question, ControlContext.Default.ImportQuestion)
        );
    }

    public Task DeleteKeyAsync(string key) =>
        AskAsync(HttpMethod.Delete, $"keys/{Uri.EscapeDataString(key)}", ControlContext.Default.ControlCount);

    public Task<ClusterImportLine> ImportClusterAsync(ClusterOrder order, IProgress<int>? progress, CancellationToken cancellation) =>
        OrderAsync("clusters", order);

    public Task<ClusterImportLine> BindClusterAsync(ClusterOrder order) => OrderAsync("clusters/bind", order);

    public Task<ClusterImportLine> KeepClusterAsync(ClusterOrder order) => OrderAsync("clusters/keep", order);

    public async Task<string> RemoveClusterAsync(string hash)
    {
        await AskAsync(HttpMethod.Delete, $"clusters/{hash}", ControlContext.Default.ControlCount);
        return hash;
    }

    public Task<IReadOnlyList<HeldClusterLine>> ListClustersAsync() =>
        AskAsync(HttpMethod.Get, "clusters", ControlContext.Default.IReadOnlyListHeldClusterLine);

    public async Task<int> CommitClusterAsync(string hash) =>
        (int)(await AskAsync(HttpMethod.Post, $"clusters/{hash}/commit", ControlContext.Default.ControlCount)).Count;

    public Task<ClusterReversion> RevertClusterAsync(string hash, bool exactly) =>
        AskAsync(HttpMethod.Post, $"clusters/{hash}/revert?exactly={exactly}", ControlContext.Default.ClusterReversion);

    public Task<ExportVoided> VoidExportAsync(string hash, bool exactly, string reason) =>
        AskAsync(
            HttpMethod.Post,
            $"clusters/{hash}/void-export?exactly={exactly}&reason={Uri.EscapeDataString(reason)}",
            ControlContext.Default.ExportVoided
        );

    public Task<IReadOnlyList<KeyLine>> ListKeysAsync() => AskAsync(HttpMethod.Get, "keys", ControlContext.Default.IReadOnlyListKeyLine);

    public async Task<int> DropCeremonyAsync(string ceremony) =>
        (int)
            (
                await AskAsync(HttpMethod.Delete, $"keys?ceremony={Uri.EscapeDataString(ceremony)}", ControlContext.Default.ControlCount)
            ).Count;

    public Task<TlsKept> KeepTlsAsync(TlsChange change) =>
        AskAsync(HttpMethod.Post, "tls", ControlContext.Default.TlsKept, JsonContent.Create(change, ControlContext.Default.TlsChange));

    public Task<SlashingStatus> SlashingStatusAsync() => AskAsync(HttpMethod.Get, "slashing", ControlContext.Default.SlashingStatus);

    public Task<IReadOnlyList<PruneLine>> PruneAsync(ulong? keepEpochs) =>
        AskAsync(
            HttpMethod.Post,
            $"slashing/prune{(keepEpochs is { } keep ? $"?keep={keep}" : "")}",
            ControlContext.Default.IReadOnlyListPruneLine
        );

    public async Task<long> ExportHistoryAsync(string path, ExportedNames by) =>
        long.Parse(await TakeAsync(path, $"slashing/export?by={by.Word()}&to={Uri.EscapeDataString(path)}"), CultureInfo.InvariantCulture);

    public async Task<(long First, long Last)> ExportAuditAsync(string path, long? through)
    {
        var told = (
            await TakeAsync(path, $"audit/export?to={Uri.EscapeDataString(path)}{(through is { } last ? $"&through={last}" : "")}")
        ).Split(' ');
        return (long.Parse(told[0], CultureInfo.InvariantCulture), long.Parse(told[1], CultureInfo.InvariantCulture));
    }

    public Task<AuditLine> VerifyAuditAsync(IReadOnlyList<string> segments, CancellationToken cancellation) =>
        AskAsync(
            HttpMethod.Get,
            $"audit?{string.Join('&', segments.Select(path => $"segment={Uri.EscapeDataString(path)}"))}",
            ControlContext.Default.AuditLine
        );

    public Task<RegistrationReport> RotateSealAsync(RekeyOrder order) =>
        AskAsync(
            HttpMethod.Post,
            "seal/rotate",
            ControlContext.Default.RegistrationReport,
            JsonContent.Create(order, ControlContext.Default.RekeyOrder)
        );

    public Task<RekeyLine> RekeySealAsync(RekeyOrder order) =>
        AskAsync(
            HttpMethod.Post,
            "seal/rekey",
            ControlContext.Default.RekeyLine,
            JsonContent.Create(order, ControlContext.Default.RekeyOrder)
        );

    /// <summary>How the fence of the signer that runs stands.</summary>
    public Task<RollbackProtectionLine> RollbackProtectionAsync() =>
        AskAsync(HttpMethod.Get, "rollback-protection", ControlContext.Default.RollbackProtectionLine);

    public ValueTask DisposeAsync()
    {
        _signer.Dispose();
        return ValueTask.CompletedTask;
    }

    // It takes its name here once it is whole and on disk.
    private async Task<string> TakeAsync(string path, string question)
    {
        if (Directory.Exists(path))
        {
            throw new VerbException($"{path} is a folder", "name a file");
        }

        // Opened before the signer is asked: its log says what was handed out.
        var temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            string told;
            await using (
                var file = new FileStream(
                    temporary,
                    new FileStreamOptions
                    {
                        Mode = FileMode.CreateNew,
                        Access = FileAccess.Write,
                        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    }
                )
            )
            {
                told = await AskAsync(HttpMethod.Post, question, null, async answer =>
                {
                    await (await answer.Content.ReadAsStreamAsync()).CopyToAsync(file);
                    return answer.Headers.GetValues("X-Told").Single();
                });
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            DurableFile.SyncFolder(Path.GetDirectoryName(path)!);
            return told;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private Task<ClusterImportLine> OrderAsync(string verb, ClusterOrder order) =>
        AskAsync(
            HttpMethod.Post,
            verb,
            ControlContext.Default.ClusterImportLine,
            JsonContent.Create(order, ControlContext.Default.ClusterOrder)
        );

    private Task<T> AskAsync<T>(HttpMethod method, string question, JsonTypeInfo<T> type, HttpContent? body = null) =>
        AskAsync(method, question, body, async answer =>
            await answer.Content.ReadFromJsonAsync(type) ?? throw new JsonException("it is null")
        );

    // An answer that was cut, or is another program's, says nothing of what was done.
    private async Task<T> AskAsync<T>(HttpMethod method, string question, HttpContent? body, Func<HttpResponseMessage, Task<T>> read)
    {
        const string Hint = "whether it was done stands in its audit log; 'remote-signer audit verify' shows its end";
        try
        {
            using var answer = await _signer.SendAsync(
                new HttpRequestMessage(method, question) { Content = body },
                HttpCompletionOption.ResponseHeadersRead
            );
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => await read(answer),
                HttpStatusCode.Conflict
                    when await answer.Content.ReadFromJsonAsync(ControlContext.Default.ControlFault)
                        is { Message: { } message, Hint: { } hint } => throw new VerbException(message, hint),
                var code => throw new VerbException(
                    $"the running signer answered {(int)code}: {await answer.Content.ReadAsStringAsync()}",
                    "look at its log and /healthcheck"
                ),
            };
        }
        catch (HttpRequestException gone) when (gone.HttpRequestError == HttpRequestError.ConnectionError)
        {
            throw new VerbException(
                $"the signer stopped before it was asked: {gone.InnerException?.Message ?? gone.Message}",
                "nothing was done: repeat the command"
            );
        }
        catch (Exception lost) when (lost is HttpRequestException or HttpIOException)
        {
            throw new VerbException($"the running signer did not answer to the end: {lost.Message}", Hint);
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            throw new VerbException(
                $"what answered at the control socket cannot be understood: {other.Message}",
                $"are console and signer of the same version? {Hint}"
            );
        }
    }
}
