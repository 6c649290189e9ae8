using System.Collections.Frozen;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Http;

/// <summary>Which host names a request may be addressed to: it keeps a browser that was led astray by DNS from talking to the signer.</summary>
internal sealed class HostAllowlists(ApiOptions api, OperationsOptions operations)
{
    private readonly FrozenSet<string> _api = api.HostAllowlist.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private readonly FrozenSet<string> _operations = operations.HostAllowlist.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public bool Allow(ListenerKind kind, string host)
    {
        if (kind == ListenerKind.Control)
        {
            return true;
        }

        var allowed = kind == ListenerKind.Api ? _api : _operations;
        return allowed.Contains(host) || allowed.Contains("*") || allowed.Contains("all");
    }
}
