using System.Collections.Frozen;

namespace RemoteSigner.Host.Configuration;

/// <summary>
/// Rights that go together, for the kinds of clients that there are. They are written out into <c>signer.json</c>, where each can be
/// changed.
/// </summary>
internal static class ClientBundles
{
    private static readonly FrozenDictionary<string, Func<ClientOptions>> _all = new Dictionary<string, Func<ClientOptions>>
    {
        ["validator-client"] = () => new ClientOptions { Duties = ["everyday"] },
        ["all"] = () => new ClientOptions { Duties = ["all"] },

        // An owner may exit his validators through the contract, and then the node asks for our part.
        ["ssv-node"] = () => new ClientOptions { Duties = ["everyday", "VOLUNTARY_EXIT"], Ssv = ["all"] },
        ["charon-push"] = () => new ClientOptions { Duties = [], ManageKeys = true },
        ["operator"] = () =>
            new ClientOptions { Duties = ["VOLUNTARY_EXIT", "VALIDATOR_REGISTRATION", "DEPOSIT", "CLUSTER_LOCK"], ManageKeys = true },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All names, for a message.</summary>
    public static string Listing => string.Join(", ", _all.Keys.Order(StringComparer.Ordinal));

    /// <summary>The rights of a bundle, or null where there is none of that name.</summary>
    public static ClientOptions? Find(string name) => _all.GetValueOrDefault(name)?.Invoke();
}
