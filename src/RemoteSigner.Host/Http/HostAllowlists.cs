using System.Collections.Frozen;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Which host names a request may be addressed to: it keeps a browser that was led astray by DNS from talking to the signer.
/// </summary>
internal sealed class HostAllowlists(ApiOptions api, OperationsOptions operations)
{
    private volatile FrozenSet<string> _api = ToSet(api.HostAllowlist);
    private volatile FrozenSet<string> _operations = ToSet(operations.HostAllowlist);

    public void Replace(ApiOptions api, OperationsOptions operations) =>
        (_api, _operations) = (ToSet(api.HostAllowlist), ToSet(operations.HostAllowlist));

    public bool Allow(ListenerKind kind, string host)
    {
        if (kind == ListenerKind.Control)
        {
            return true;
        }

        var allowed = kind == ListenerKind.Api ? _api : _operations;
        return allowed.Contains(host) || allowed.Contains("*") || allowed.Contains("all");
    }

    // A request for an IPv6 address has it in brackets.
    private static FrozenSet<string> ToSet(IEnumerable<string> names) =>
        names
            .Select(name => name.Contains(':') && !name.StartsWith('[') ? $"[{name}]" : name)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
