namespace RemoteSigner.Host.Http;

/// <summary>
/// Keeps pages in a browser away from a listener, whether they came by a name that DNS led astray or say themselves that they are pages.
/// </summary>
internal static class BrowserGuard
{
    /// <summary>Why the request is turned away; null when it is not.</summary>
    public static TurnedAway? FaultOf(HttpContext context, ListenerKind kind, HostAllowlists hosts)
    {
        if (!hosts.Allow(kind, context.Request.Host.Host))
        {
            // Web3Signer's own text for this case.
            return new(
                StatusCodes.Status403Forbidden,
                ReasonCodes.HostNotAuthorized,
                $"the host name '{PeerText.Shown(context.Request.Host.Host, 64)}' is not in "
                    + $"{(kind == ListenerKind.Operations ? "operations" : "api")}.hostAllowlist of signer.json",
                "Host not authorized."
            );
        }

        // A page in a browser could post here, through a loopback listener, a proxy with a certificate or a certificate of the browser's
        // own, and burn a slot's one vote with a vote of its own.
        return
            kind != ListenerKind.Operations
            && (context.Request.Headers.Origin.Count > 0 || context.Request.Headers.ContainsKey("Sec-Fetch-Site"))
            ? new(
                StatusCodes.Status403Forbidden,
                ReasonCodes.BrowserNotWelcome,
                "this listener is for a validator client, not for pages in a browser"
            )
            : null;
    }
}
