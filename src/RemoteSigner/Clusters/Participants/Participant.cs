namespace RemoteSigner.Clusters;

/// <summary>One signer of a threshold account: the x-coordinate of its share (1 to 2^64-1), and the origin that coordinators reach it at, such as <c>https://signer-2.example.com:9000</c>.</summary>
public sealed record Participant(ulong Id, string Endpoint)
{
    /// <summary>Is it what the profile asks for: https, a host, perhaps a port, and nothing behind?</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && uri.Host.Length > 0 && !text.EndsWith('/') && uri is { PathAndQuery: "/", Fragment: "" }
            && !text.Contains('?', StringComparison.Ordinal) && !text.Contains('#', StringComparison.Ordinal);
}
