using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RemoteSigner.Host.Running;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>Writes answers; the only place that knows content types.</summary>
internal static class ApiResponse
{
    private const int MaxPending = 32 * 1024;
    private const string Json = "application/json; charset=utf-8";
    private const string Text = "text/plain; charset=utf-8";

    /// <summary>An error body for a status, with a reason code for programs and a detail for people.</summary>
    public static Task ErrorAsync(HttpContext context, int status, string? reason = null, string? detail = null) =>
        WriteAsync(context, ErrorBody.For(status, reason, detail), status);

    /// <summary>Why nothing was signed.</summary>
    public static Task RefusalAsync(HttpContext context, SignRefusal refusal)
    {
        if (refusal.Reason == MalformedRequest.Busy)
        {
            AskAgain(context);
        }

        return ErrorAsync(context, refusal.Status, refusal.Reason, refusal.Detail);
    }

    /// <summary>The header that says when: in a second.</summary>
    public static void AskAgain(HttpContext context) => context.Response.Headers.RetryAfter = "1";

    /// <summary>In place of any answer that depends on which keys are here, until the vault has been opened for the first time.</summary>
    public static Task KeysLoadingAsync(HttpContext context) => RefusalAsync(context, SignRefusal.KeysLoading);

    public static Task WriteAsync(HttpContext context, ErrorBody body, int status) =>
        BytesAsync(context, status, Json, JsonSerializer.SerializeToUtf8Bytes(body, WireContext.Default.ErrorBody));

    public static Task WriteAsync(HttpContext context, HealthReport report, int status) =>
        BytesAsync(context, status, Json, JsonSerializer.SerializeToUtf8Bytes(report, WireContext.Default.HealthReport));

    public static Task WriteAsync(HttpContext context, ReloadReport report, int status) =>
        BytesAsync(context, status, Json, JsonSerializer.SerializeToUtf8Bytes(report, WireContext.Default.ReloadReport));

    public static Task WriteAsync(HttpContext context, HighWatermarkBody body) =>
        BytesAsync(
            context,
            StatusCodes.Status200OK,
            Json,
            JsonSerializer.SerializeToUtf8Bytes(body, WireContext.Default.HighWatermarkBody)
        );

    /// <summary>A JSON document that was written elsewhere.</summary>
    public static Task DocumentAsync(HttpContext context, byte[] json, int status = StatusCodes.Status200OK) =>
        BytesAsync(context, status, Json, json);

    /// <summary>200, and a JSON document of unknown length that is written as it comes.</summary>
    public static PipeWriter BeginDocument(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = Json;
        return context.Response.BodyWriter;
    }

    /// <summary>
    /// 200, and any JSON value, written as it goes: a list that is made as it is asked for takes no memory by its length.
    /// </summary>
    public static Task StreamAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeAsync(BeginDocument(context), value, type, context.RequestAborted);

    /// <summary>
    /// The same of public keys, as a list of hex or, where it has a member, as an object with such a list of what is written of each.
    /// </summary>
    public static async Task KeysAsync(
        HttpContext context,
        IEnumerable<BlsPublicKey> keys,
        string? member = null,
        Action<Utf8JsonWriter, ReadOnlySpan<byte>>? write = null
    )
    {
        var pipe = BeginDocument(context);
        await using var json = new Utf8JsonWriter(pipe);
        if (member is not null)
        {
            json.WriteStartObject();
            json.WritePropertyName(member);
        }

        var given = 0L;
        json.WriteStartArray();
        foreach (var key in keys)
        {
            Write(json, key, write);
            if (json.BytesCommitted + json.BytesPending - given > MaxPending)
            {
                json.Flush();
                await pipe.FlushAsync(context.RequestAborted);
                given = json.BytesCommitted;
            }
        }

        json.WriteEndArray();
        if (member is not null)
        {
            json.WriteEndObject();
        }

        json.Flush();
        if (given == 0)
        {
            // All of it waits here still: a client that knows no chunks need not learn them for a few keys.
            context.Response.ContentLength = json.BytesCommitted;
        }

        await pipe.FlushAsync(context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, BlsPublicKey key, Action<Utf8JsonWriter, ReadOnlySpan<byte>>? write)
    {
        Span<byte> hex = stackalloc byte[2 + (2 * BlsPublicKey.Length)];
        "0x"u8.CopyTo(hex);
        _ = Convert.TryToHexStringLower(key.Bytes, hex[2..], out _);
        if (write is null)
        {
            json.WriteStringValue(hex);
        }
        else
        {
            write(json, hex);
        }
    }

    /// <summary>A signature as JSON, or as bare hex for a client that does not accept JSON (Web3Signer's rule).</summary>
    public static Task SignatureAsync(HttpContext context, ReadOnlySpan<byte> signature)
    {
        var json = AcceptsJson(context.Request);
        var before = json ? "{\"signature\":\"0x"u8 : "0x"u8;
        var after = json ? "\"}"u8 : ""u8;
        var length = before.Length + (2 * signature.Length) + after.Length;
        Begin(context, StatusCodes.Status200OK, json ? Json : Text, length);
        var body = context.Response.BodyWriter.GetSpan(length);
        before.CopyTo(body);
        _ = Convert.TryToHexStringLower(signature, body[before.Length..], out _);
        after.CopyTo(body[(length - after.Length)..]);
        context.Response.BodyWriter.Advance(length);
        return FlushAsync(context);
    }

    /// <summary>Bytes as they are.</summary>
    public static Task BinaryAsync(HttpContext context, byte[] body) =>
        BytesAsync(context, StatusCodes.Status200OK, "application/octet-stream", body);

    public static Task TextAsync(HttpContext context, string text) =>
        BytesAsync(context, StatusCodes.Status200OK, Text, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Does any media range equal <c>application/json</c> or <c>*/*</c>? Quality values are ignored; no header means no.</summary>
    public static bool AcceptsJson(HttpRequest request) => AcceptsAny(request, "application/json", "*/*");

    /// <summary>May a client that can only be answered in JSON be answered? No header means yes (RFC 9110 §12.5.1).</summary>
    public static bool MayBeJson(HttpRequest request) =>
        request.Headers.Accept.Count == 0 || AcceptsAny(request, "application/json", "application/*", "*/*");

    private static bool AcceptsAny(HttpRequest request, params ReadOnlySpan<string> wanted)
    {
        foreach (var header in request.Headers.Accept)
        {
            foreach (var range in header.AsSpan().Split(','))
            {
                var media = header.AsSpan()[range];
                var end = media.IndexOf(';');
                media = (end < 0 ? media : media[..end]).Trim();
                foreach (var one in wanted)
                {
                    if (media.Equals(one, StringComparison.OrdinalIgnoreCase))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static async Task BytesAsync(HttpContext context, int status, string contentType, byte[] body)
    {
        Begin(context, status, contentType, body.Length);
        await context.Response.BodyWriter.WriteAsync(body);
    }

    private static void Begin(HttpContext context, int status, string contentType, int length)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = length;
    }

    private static Task FlushAsync(HttpContext context)
    {
        var flushed = context.Response.BodyWriter.FlushAsync(CancellationToken.None);
        return flushed.IsCompletedSuccessfully ? Task.CompletedTask : flushed.AsTask();
    }
}
