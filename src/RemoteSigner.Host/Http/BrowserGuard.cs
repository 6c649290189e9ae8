namespace RemoteSigner.Host.Http;

/// <summary>Keeps pages in a browser away from a door, whether they came by a name that DNS led astray or say themselves that they are pages.</summary>
internal static class BrowserGuard
{
    /// <summary>True when the request was turned away; it is answered then.</summary>
    public static async Task<bool> TurnsAwayAsync(HttpContext context, ListenerKind kind, HostAllowlists hosts)
    {
        if (!hosts.Allow(kind, context.Request.Host.Host))
        {
            // Web3Signer's own text for this case.
            await Answer.WriteAsync(context, new ErrorBody(StatusCodes.Status403Forbidden, "Host not authorized.", "host_not_authorized", null), StatusCodes.Status403Forbidden);
            return true;
        }

        if (kind != ListenerKind.Operations && (context.Request.Headers.Origin.Count > 0 || context.Request.Headers.ContainsKey("Sec-Fetch-Site")))
        {
            // A page in a browser could post here, through a loopback door, a proxy with a certificate or a certificate of the browser's own, and burn a slot's one vote with a vote of its own.
            await Answer.ErrorAsync(context, StatusCodes.Status403Forbidden, "browser_not_welcome", "this door is for a validator client, not for pages in a browser");
            return true;
        }

        return false;
    }
}
