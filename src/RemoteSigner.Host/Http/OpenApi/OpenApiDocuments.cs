using System.Collections.Frozen;

namespace RemoteSigner.Host.Http;

/// <summary>The descriptions of our endpoints (OpenAPI 3.1), files of the source: <c>GET /openapi/{document}</c>.</summary>
internal static class OpenApiDocuments
{
    /// <summary>The names of all, as they are asked for.</summary>
    public static FrozenSet<string> Names { get; } = ["eth2.json", "dv.json", "keymanager.json", "ssv.json", "operations.json"];

    public static Task ServeAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["document"]!;
        return Names.Contains(name)
            ? ApiResponse.DocumentAsync(context, Read(name))
            : ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status404NotFound,
                ReasonCodes.UnknownDocument,
                $"there are {string.Join(", ", Names.Order(StringComparer.Ordinal))}"
            );
    }

    /// <summary>The text of one of <see cref="Names"/>.</summary>
    public static byte[] Read(string name)
    {
        using var file = typeof(OpenApiDocuments).Assembly.GetManifestResourceStream($"openapi/{name}")!;
        var text = new byte[file.Length];
        file.ReadExactly(text);
        return text;
    }
}
