using RemoteSigner.Access;

namespace RemoteSigner.Host.Http;

/// <summary>
/// A client asked for a list of keys that are its to use, and signer.json gives it none. An empty list would have its validators dropped
/// for a slip in that file.
/// </summary>
internal sealed class NoKeysToListException : Exception
{
    private NoKeysToListException(string reason, string message)
        : base(message) => Reason = reason;

    /// <summary>The code of the answer.</summary>
    public string Reason { get; }

    /// <exception cref="NoKeysToListException">signer.json does not name the client.</exception>
    public static void RequireNamed(AccessPolicy access, Client client)
    {
        if (!access.Knows(client))
        {
            throw new NoKeysToListException(
                ReasonCodes.ClientNotNamed,
                $"the client '{client.Name}' is not one of the clients in signer.json"
            );
        }
    }

    /// <exception cref="NoKeysToListException">signer.json does not name the client, or grants it no duty: there is nothing that it could
    /// use a key for.</exception>
    public static void RequireDuties(AccessPolicy access, Client client)
    {
        RequireNamed(access, client);
        if (!access.HasDuties(client))
        {
            throw new NoKeysToListException(
                ReasonCodes.NoDuties,
                $"the client '{client.Name}' has no duties in signer.json, and nothing is signed for it"
            );
        }
    }
}
