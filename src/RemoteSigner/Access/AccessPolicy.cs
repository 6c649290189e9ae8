using System.Collections.Frozen;
using RemoteSigner.Spec;

namespace RemoteSigner.Access;

/// <summary>
/// Which client may use which key for which duty. A client that is not named may do nothing. The whole set is replaced at once on reload.
/// </summary>
public sealed class AccessPolicy
{
    private volatile FrozenDictionary<string, ClientPermissions> _clients;

    public AccessPolicy(IReadOnlyDictionary<string, ClientPermissions> clients) =>
        _clients = clients.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What is known of an open key, for rights by label, cluster or operator; null for one that is not open.</summary>
    public Func<BlsPublicKey, KeyTraits?> Describe { get; init; } = _ => null;

    public void Replace(IReadOnlyDictionary<string, ClientPermissions> clients) =>
        _clients = clients.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Takes away whatever is not granted here, and grants nothing.</summary>
    public void Narrow(IReadOnlyDictionary<string, ClientPermissions> clients) =>
        _clients = _clients
            .Where(client => clients.ContainsKey(client.Key))
            .ToFrozenDictionary(client => client.Key, client => client.Value.Narrowed(clients[client.Key]), StringComparer.Ordinal);

    public bool Knows(Client client) => _clients.ContainsKey(client.Name);

    /// <summary>May <paramref name="client"/> have anything signed at all?</summary>
    public bool HasDuties(Client client) => _clients.TryGetValue(client.Name, out var permissions) && permissions.Duties.Count > 0;

    /// <summary>May <paramref name="client"/> bring keys in and take them out?</summary>
    public bool MayManageKeys(Client client) => _clients.TryGetValue(client.Name, out var permissions) && permissions.ManagesKeys;

    /// <summary>May <paramref name="client"/> use this endpoint of ssv-signer?</summary>
    public bool Allows(Client client, SsvRight right) =>
        _clients.TryGetValue(client.Name, out var permissions) && permissions.Ssv.Contains(right);

    /// <summary>May <paramref name="client"/> see that the key exists?</summary>
    public bool Allows(Client client, BlsPublicKey key) =>
        _clients.TryGetValue(client.Name, out var permissions) && permissions.Allows(key, Describe);

    /// <summary>May <paramref name="client"/> have this duty signed with any key?</summary>
    public bool Allows(Client client, DutyType duty) =>
        _clients.TryGetValue(client.Name, out var permissions) && permissions.Duties.Contains(duty);

    /// <summary>May <paramref name="client"/> have this duty signed with this key?</summary>
    public bool Allows(Client client, BlsPublicKey key, DutyType duty) =>
        _clients.TryGetValue(client.Name, out var permissions) && permissions.Allows(key, duty, Describe);
}
