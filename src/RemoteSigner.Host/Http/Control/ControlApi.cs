using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Control;
using RemoteSigner.Native;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// What the console may ask of the signer that runs, over <see cref="ControlSocket"/>: each verb is done as on opened files, by the user at
/// the other end. A refusal is 409 with the words that the console prints. A file for him is written here first, so that its hash is in the
/// log before he has it.
/// </summary>
internal sealed class ControlApi(
    ConsoleVerbs console,
    RunningRollbackProtection rollbackProtection,
    SignerOptions options,
    DataDirectory data,
    SecretArena arena
)
{
    private const string Prefix = "/control/v1";
    private const string HandOut = ".hand-out-";
    private const int MaxOrderBytes = 1 << 20;
    private const string OtherVersion = "are console and signer of the same version?";

    public void Map(WebApplication app)
    {
        // What a crash left of a file for somebody.
        Directory.EnumerateFiles(data.Path, $"{HandOut}*").ToList().ForEach(File.Delete);
        var door = new ListenerAttribute(ListenerKind.Control);
        app.MapGet($"{Prefix}/slashing", Verb(ControlContext.Default.SlashingStatus, (verbs, _) => verbs.SlashingStatusAsync()))
            .WithMetadata(door);
        app.MapPost(
                $"{Prefix}/slashing/prune",
                Verb(ControlContext.Default.IReadOnlyListPruneLine, (verbs, context) => verbs.PruneAsync((ulong?)Number(context, "keep")))
            )
            .WithMetadata(door);
        app.MapPost($"{Prefix}/slashing/export", (RequestDelegate)ExportHistoryAsync).WithMetadata(door);
        app.MapPost($"{Prefix}/keys", Verb(ControlContext.Default.KeysImported, ImportKeysAsync)).WithMetadata(door);
        app.MapPost($"{Prefix}/keys/evaluate", Verb(ControlContext.Default.ImportOutlook, EvaluateImportAsync)).WithMetadata(door);
        app.MapDelete($"{Prefix}/keys/{{key}}", Verb(ControlContext.Default.ControlCount, DeleteKeyAsync)).WithMetadata(door);
        app.MapPost(
                $"{Prefix}/clusters",
                Verb(ControlContext.Default.ClusterImportLine, (verbs, context) =>
                    ReadingAsync(async () => await verbs.ImportClusterAsync(await OrderAsync(context), null, context.RequestAborted))
                )
            )
            .WithMetadata(door);
        app.MapPost(
                $"{Prefix}/clusters/bind",
                Verb(ControlContext.Default.ClusterImportLine, (verbs, context) =>
                    ReadingAsync(async () => await verbs.BindClusterAsync(await OrderAsync(context)))
                )
            )
            .WithMetadata(door);
        app.MapPost(
                $"{Prefix}/clusters/keep",
                Verb(ControlContext.Default.ClusterImportLine, (verbs, context) =>
                    ReadingAsync(async () => await verbs.KeepClusterAsync(await OrderAsync(context)))
                )
            )
            .WithMetadata(door);
        app.MapGet($"{Prefix}/clusters", Verb(ControlContext.Default.IReadOnlyListHeldClusterLine, (verbs, _) => verbs.ListClustersAsync()))
            .WithMetadata(door);
        app.MapDelete($"{Prefix}/clusters/{{hash}}", Verb(ControlContext.Default.ControlCount, async (verbs, context) =>
                {
                    await verbs.RemoveClusterAsync(Hash(context));
                    return new ControlCount(1);
                }))
            .WithMetadata(door);
        app.MapPost(
                $"{Prefix}/clusters/{{hash}}/commit",
                Verb(ControlContext.Default.ControlCount, async (verbs, context) =>
                    new ControlCount(await verbs.CommitClusterAsync(Hash(context)))
                )
            )
            .WithMetadata(door);
        app.MapPost(
                $"{Prefix}/clusters/{{hash}}/revert",
                Verb(ControlContext.Default.ClusterReversion, (verbs, context) =>
                    verbs.RevertClusterAsync(Hash(context), Query(context, "exactly") == bool.TrueString)
                )
            )
            .WithMetadata(door);
        app.MapPost(
                $"{Prefix}/clusters/{{hash}}/void-export",
                Verb(ControlContext.Default.ExportVoided, (verbs, context) =>
                    verbs.VoidExportAsync(Hash(context), Query(context, "exactly") == bool.TrueString, Query(context, "reason") ?? "")
                )
            )
            .WithMetadata(door);
        app.MapGet($"{Prefix}/keys", Verb(ControlContext.Default.IReadOnlyListKeyLine, (verbs, _) => verbs.ListKeysAsync()))
            .WithMetadata(door);
        app.MapDelete(
                $"{Prefix}/keys",
                Verb(ControlContext.Default.ControlCount, async (verbs, context) =>
                    new ControlCount(await verbs.DropCeremonyAsync(Query(context, "ceremony") ?? ""))
                )
            )
            .WithMetadata(door);
        app.MapPost($"{Prefix}/tls", Verb(ControlContext.Default.TlsKept, KeepTlsAsync)).WithMetadata(door);
        app.MapPost(
                $"{Prefix}/seal/rotate",
                Verb(ControlContext.Default.RegistrationReport, (verbs, context) =>
                    ReadingAsync(async () => await verbs.RotateSealAsync(await RekeyOrderAsync(context)))
                )
            )
            .WithMetadata(door);
        app.MapPost(
                $"{Prefix}/seal/rekey",
                Verb(ControlContext.Default.RekeyLine, (verbs, context) =>
                    ReadingAsync(async () => await verbs.RekeySealAsync(await RekeyOrderAsync(context)))
                )
            )
            .WithMetadata(door);
        app.MapGet(
                $"{Prefix}/audit",
                Verb(ControlContext.Default.AuditLine, (verbs, context) =>
                    verbs.VerifyAuditAsync([.. context.Request.Query["segment"].OfType<string>().Select(Regular)], context.RequestAborted)
                )
            )
            .WithMetadata(door);
        app.MapPost($"{Prefix}/audit/export", (RequestDelegate)ExportAuditAsync).WithMetadata(door);
        app.MapGet(
                $"{Prefix}/rollback-protection",
                Verb(ControlContext.Default.RollbackProtectionLine, (_, _) => rollbackProtection.DescribeAsync())
            )
            .WithMetadata(door);
    }

    private Task ExportHistoryAsync(HttpContext context) =>
        HandOutAsync(context, async (verbs, path) => $"{await verbs.ExportHistoryAsync(path, Names(context), Query(context, "to"))}");

    private Task ExportAuditAsync(HttpContext context) => HandOutAsync(context, async (verbs, path) =>
        {
            var (first, last) = await verbs.ExportAuditAsync(path, Number(context, "through"), Query(context, "to"));
            return $"{first} {last}";
        });

    private static async Task<ControlCount> DeleteKeyAsync(DirectVerbs verbs, HttpContext context)
    {
        await verbs.DeleteKeyAsync((string)context.Request.RouteValues["key"]!);
        return new ControlCount(1);
    }

    // The keystores' passwords go from the socket into secret memory, as those of the Keymanager API.
    private async Task<KeysImported> ImportKeysAsync(DirectVerbs verbs, HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        KeystorePush push;
        using (var body = await PinnedBody.ReadAsync(context))
        {
            push = KeystorePush.Read(body.Utf8, arena, isNamed: true);
        }

        using (push)
        {
            using var history = push.History is { } bytes ? new MemoryStream(bytes) : null;
            return await verbs.ImportKeysAsync(push.Keystores, history, options.Keymanager.MemoryMib, null, context.RequestAborted);
        }
    }

    private static async Task<ImportOutlook> EvaluateImportAsync(DirectVerbs verbs, HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        var question = await JsonSerializer.DeserializeAsync(
            context.Request.Body,
            ControlContext.Default.ImportQuestion,
            context.RequestAborted
        );
        if (question?.Keys is null || question.Keys.Any(key => key is not { PublicKey: not null, Label: not null }))
        {
            throw new JsonException("it names no keys, or one without its public key or its label");
        }

        using var history = question.History is { } bytes ? new MemoryStream(bytes) : null;
        return await verbs.EvaluateImportAsync(question.Keys, question.NeverSigned, history);
    }

    private static async Task<TlsKept> KeepTlsAsync(DirectVerbs verbs, HttpContext context)
    {
        var body = await BodyPipe.ReadWholeAsync(context, MaxOrderBytes);
        return await verbs.KeepTlsAsync(
            JsonSerializer.Deserialize(body.Span, ControlContext.Default.TlsChange) ?? throw new JsonException("there is no change")
        );
    }

    private async Task<ClusterOrder> OrderAsync(HttpContext context)
    {
        var body = await BodyPipe.ReadWholeAsync(context, MaxOrderBytes);
        var order = JsonSerializer.Deserialize(body.Span, ControlContext.Default.ClusterOrder)
            ?? throw new JsonException("there is no order");
        foreach (var path in order.Paths)
        {
            Regular(path);
        }

        return order with
        {
            MemoryMib = options.Keymanager.MemoryMib,
        };
    }

    private static async Task<RekeyOrder> RekeyOrderAsync(HttpContext context)
    {
        var body = await BodyPipe.ReadWholeAsync(context, MaxOrderBytes);
        var order = JsonSerializer.Deserialize(body.Span, ControlContext.Default.RekeyOrder) is { Drop: not null, Recovery: not null } read
            ? read
            : throw new JsonException("there is no order");
        foreach (var path in new[] { order.ReleaseKey, order.ReleaseKeyPassword }.OfType<string>())
        {
            Regular(path);
        }

        return order;
    }

    private static async Task<T> ReadingAsync<T>(Func<Task<T>> verb)
    {
        try
        {
            return await verb();
        }
        catch (Exception missing) when (missing is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new VerbException(
                $"the running signer cannot read what it was told to: {missing.Message}",
                "it reads the files itself: put them where its user may read them, or stop the signer and repeat the command"
            );
        }
    }

    private async Task HandOutAsync(HttpContext context, Func<DirectVerbs, string, Task<string>> write)
    {
        var path = data.Resolve($"{HandOut}{Guid.NewGuid():N}");
        try
        {
            if (await TryAsync(context, (verbs, _) => write(verbs, path)) is { } told)
            {
                context.Response.Headers["X-Told"] = told;
                await context.Response.SendFileAsync(path, context.RequestAborted);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private RequestDelegate Verb<T>(JsonTypeInfo<T> type, Func<DirectVerbs, HttpContext, Task<T>> verb)
        where T : class => context => AnswerAsync(context, type, verb);

    private async Task AnswerAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<DirectVerbs, HttpContext, Task<T>> verb)
        where T : class
    {
        if (await TryAsync(context, verb) is { } result)
        {
            await ApiResponse.StreamAsync(context, result, type);
        }
    }

    // Null where it was refused, and told so.
    private async Task<T?> TryAsync<T>(HttpContext context, Func<DirectVerbs, HttpContext, Task<T>> verb)
        where T : class
    {
        try
        {
            return await verb(console.Of(ControlSocket.ActorOf(context)), context);
        }
        catch (Exception exception) when (FaultHints.HintOf(exception) is { } hint)
        {
            await RefuseAsync(context, new ControlFault(exception.Message, hint));
            return null;
        }
        catch (JsonException exception)
        {
            await RefuseAsync(context, new ControlFault(JsonFault.In("the request", exception), OtherVersion));
            return null;
        }
    }

    private static Task RefuseAsync(HttpContext context, ControlFault fault) =>
        ApiResponse.DocumentAsync(
            context,
            JsonSerializer.SerializeToUtf8Bytes(fault, ControlContext.Default.ControlFault),
            StatusCodes.Status409Conflict
        );

    // The console writes these itself: what is none was not written by it.
    private static long? Number(HttpContext context, string name) =>
        Query(context, name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new VerbException($"{name}={text} is not a number", OtherVersion);

    private static ExportedNames Names(HttpContext context) =>
        ExportedNamesWords.Find(Query(context, "by"))
        ?? throw new VerbException($"by={Query(context, "by")} names no way to name validators", OtherVersion);

    /// <summary>A pipe or a device may never end, and whoever asks next would wait behind it.</summary>
    private static string Regular(string path) =>
        !Path.IsPathFullyQualified(path) || path.Contains('\0', StringComparison.Ordinal)
            ? throw new VerbException($"'{path.Replace('\0', '?')}' is not the path of a file", OtherVersion)
        : FileStatus.Of(path) is { IsRegular: false } && !Directory.Exists(path)
            ? throw new VerbException(
                $"{path} is no regular file",
                "the running signer reads files that end: write what it should read into one"
            )
        : path;

    private static string Hash(HttpContext context) =>
        (string)context.Request.RouteValues["hash"]! is var text && Root.TryParse(text, out _)
            ? text
            : throw new VerbException($"'{text}' is no hash of a document", OtherVersion);

    private static string? Query(HttpContext context, string name) => context.Request.Query[name].FirstOrDefault();
}
