namespace RemoteSigner.Clusters;

/// <summary>
/// One signer of a threshold account: the x-coordinate of its share (1 to 2^64-1), and the origin that coordinators reach it at, such as
/// <c>https://signer-2.example.com:9000</c>.
/// </summary>
public sealed record Participant(ulong Id, string Endpoint)
{
    /// <summary>
    /// Is it what the profile asks for, and written in the one way that there is for it: https, the host in lower case, perhaps a port, and
    /// nothing around?
    /// </summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri is { Port: > 0, Host.Length: > 0 }
        && (text == $"https://{uri.Host}" || text == $"https://{uri.Host}:{uri.Port}");

    /// <summary>The same for all names of one endpoint: with the port that https has by itself, or without.</summary>
    public static string Canonical(string origin) => new Uri(origin).GetLeftPart(UriPartial.Authority);
}
