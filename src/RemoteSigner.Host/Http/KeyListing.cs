using System.Text.Json;
using RemoteSigner.Access;
using RemoteSigner.Keys;

namespace RemoteSigner.Host.Http;

/// <summary>The open keys that a client may use, in no order that matters.</summary>
internal sealed class KeyListing(KeyRing keys, AccessPolicy access)
{
    /// <summary>
    /// Answers with their hex (see <see cref="ApiResponse.KeysAsync"/>). None before all are open: a client would drop its validators.
    /// </summary>
    public Task WriteAsync(
        HttpContext context,
        Client client,
        string? member = null,
        Action<Utf8JsonWriter, ReadOnlySpan<byte>>? write = null
    ) =>
        !keys.AreOpen
            ? ApiResponse.KeysLoadingAsync(context)
            : ApiResponse.KeysAsync(
                context,
                keys.Shares.Select(share => share.PublicKey).Where(key => access.Allows(client, key)),
                member,
                write
            );
}
