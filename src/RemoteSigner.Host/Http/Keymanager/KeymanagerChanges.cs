using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Translates a push and a deletion of the Keymanager API into acts. One push at a time, because each may take all the memory that is lent
/// to key derivation; all of a push or nothing.
/// </summary>
internal sealed class KeymanagerChanges(Administrator administrator, SecretArena arena, SignerOptions options, TimeProvider time)
    : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Reads a push, its passwords into secret memory.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public async Task<KeystorePush> ReadAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = options.Keymanager.MaxBodyBytes;
        using var body = await PinnedBody.ReadAsync(context);
        return KeystorePush.Read(body.Utf8, arena);
    }

    /// <summary>What became of each keystore. With an error among them nothing was kept.</summary>
    /// <exception cref="InterchangeException">The history breaks the format, is for another chain or contradicts what was signed here;
    /// nothing was kept.</exception>
    public async Task<IReadOnlyList<KeymanagerItem>> ImportAsync(
        KeystorePush push,
        Client client,
        string requestId,
        CancellationToken cancellation
    )
    {
        await _one.WaitAsync(cancellation);
        IReadOnlyList<ImportedKey> keys = [];
        try
        {
            keys = await KeystoreImport.DecryptAllAsync(
                push.Keystores,
                arena,
                DerivationLoan.BesideDuties(options.Keymanager.MemoryMib),
                null,
                cancellation
            );
            var outcome = await administrator.ExecuteAsync(
                new PushShares(Opened(push, keys)),
                new Actor.OfClient(client, requestId),
                cancellation
            );
            return [.. outcome.Select(KeymanagerItem.Of)];
        }
        catch (KeystoreImportException e)
        {
            var failures = e.Failures.ToDictionary(failure => failure.Path);
            return
            [
                .. push.Keystores.Select(keystore =>
                    failures.TryGetValue(keystore.Name, out var failure)
                        ? KeymanagerItem.Failed($"{failure.Fault.Code()}: {failure.Reason}")
                        : KeymanagerItem.NotKept
                ),
            ];
        }
        catch (ImportException e)
        {
            var refusals = e.Refusals.ToLookup(refusal => refusal.ShareKey);
            return
            [
                .. keys.Select(key =>
                    refusals[key.PublicKey].FirstOrDefault() is { } refusal
                        ? KeymanagerItem.Failed($"{refusal.Code}: {refusal.Problem}; {refusal.Hint}")
                        : KeymanagerItem.NotKept
                ),
            ];
        }
        finally
        {
            foreach (var key in keys)
            {
                key.Dispose();
            }

            _one.Release();
        }
    }

    /// <summary>What became of each key. One that ended before, or of which there is only history, is not active.</summary>
    public async Task<IReadOnlyList<KeymanagerItem>> DeleteAsync(IReadOnlyList<BlsPublicKey> keys, Client client, string requestId) =>
        [
            .. (
                await administrator.ExecuteAsync(
                    new DeleteShares(keys, KeyEnd.Retired, AdminRight.ManageKeys),
                    new Actor.OfClient(client, requestId)
                )
            ).Select(KeymanagerItem.Of),
        ];

    public void Dispose() => _one.Dispose();

    // Without a word about the past a key that has history here is refused: whoever pushes it does not know what it signed.
    private SharePush Opened(KeystorePush push, IReadOnlyList<ImportedKey> keys) =>
        new(
            [.. keys.Select(key => (key.PublicKey, key.Secret))],
            ShareProvenance.KeymanagerPush,
            PushLabels.Of(PushLabels.Keymanager, time.GetUtcNow()),
            push.History is null ? DeclaredHistory.NeverSigned : DeclaredHistory.FromHistory,
            AdminRight.ManageKeys
        )
        {
            // Without the cast no history would become an empty one.
            History = push.History is { } bytes ? (ReadOnlyMemory<byte>?)bytes : null,
        };
}
