using System.Net;
using System.Text;
using System.Text.Json;

namespace RemoteSigner.Rig;

/// <summary>One answer over HTTP, read to its end.</summary>
public sealed record ApiAnswer(HttpStatusCode Status, string? ContentType, string Text)
{
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Text);
            return document.RootElement.Clone();
        }
    }

    /// <summary>The reason code of an error body.</summary>
    public string? Reason => Json.TryGetProperty("reason", out var reason) ? reason.GetString() : null;

    /// <summary>The signature of a JSON answer, as hex.</summary>
    public string? Signature => Json.GetProperty("signature").GetString();
}

/// <summary>Asks a signer as its clients do.</summary>
public static class ApiCalls
{
    /// <summary>
    /// Looks at every answer, with the method and the path that were asked for; tests hold it against the descriptions that the signer
    /// serves.
    /// </summary>
    public static Action<HttpMethod, string, ApiAnswer>? Inspect { get; set; }

    /// <summary>POST <c>/api/v1/eth2/sign/IDENTIFIER</c>.</summary>
    public static Task<ApiAnswer> SignAsync(this HttpClient client, object identifier, string body) =>
        client.SignAsync(identifier, Encoding.UTF8.GetBytes(body));

    /// <summary>POST <c>/api/v1/eth2/sign/IDENTIFIER</c> with whatever bytes.</summary>
    public static async Task<ApiAnswer> SignAsync(this HttpClient client, object identifier, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        return await client.AskAsync(HttpMethod.Post, $"/api/v1/eth2/sign/{identifier}", content);
    }

    public static Task<ApiAnswer> ReadAsync(this HttpClient client, string path) => client.AskAsync(HttpMethod.Get, path);

    public static async Task<ApiAnswer> AskAsync(this HttpClient client, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        return await client.AskAsync(request);
    }

    public static async Task<ApiAnswer> AskAsync(this HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request);
        var answer = new ApiAnswer(
            response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            await response.Content.ReadAsStringAsync()
        );
        Inspect?.Invoke(
            request.Method,
            request.RequestUri!.IsAbsoluteUri ? request.RequestUri.AbsolutePath : request.RequestUri.OriginalString,
            answer
        );
        return answer;
    }
}
