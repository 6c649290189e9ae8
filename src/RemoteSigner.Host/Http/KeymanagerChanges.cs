using RemoteSigner.Access;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Brings pushed keystores in and takes keys out while the signer serves. One push at a time, because each may take all the memory that is lent to key derivation; all of a
/// push or nothing.
/// </summary>
internal sealed class KeymanagerChanges(
    KeyLoading loading, ShareIntake intake, ClusterArchive archive, SlashingProtection slashing, FreshnessRun freshness, AuditLog audit, SecretArena arena, Network network, SignerOptions options) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>What became of each keystore. With an error among them nothing was kept.</summary>
    /// <exception cref="InterchangeException">The history breaks the format or is for another chain; nothing was kept.</exception>
    public async Task<IReadOnlyList<KeymanagerItem>> ImportAsync(KeystorePush push, Client client, string requestId, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        IReadOnlyList<ImportedKey> keys = [];
        try
        {
            keys = await KeystoreImport.DecryptAllAsync(push.Keystores, arena, options.Keymanager.MemoryMib * 1024L * 1024, null, cancellation);
            var items = await loading.ChangeAsync(vault => TakeAsync(vault, push, keys, client, requestId));
            if (push.History is not null)
            {
                await freshness.CoverHistoryAsync();
            }

            return items;
        }
        catch (KeystoreImportException e)
        {
            var failures = e.Failures.ToDictionary(failure => failure.Path);
            return [.. push.Keystores.Select(keystore => failures.TryGetValue(keystore.Name, out var failure) ? new KeymanagerItem(KeymanagerItem.Error, $"{IntakeText.Code(failure.Fault)}: {failure.Reason}") : KeymanagerItem.NotKept)];
        }
        catch (IntakeException e)
        {
            var refusals = e.Refusals.ToLookup(refusal => refusal.ShareKey);
            return [.. keys.Select(key => refusals[key.PublicKey].FirstOrDefault() is { } refusal ? new KeymanagerItem(KeymanagerItem.Error, $"{refusal.Code}: {refusal.Problem}; {refusal.Hint}") : KeymanagerItem.NotKept)];
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

    /// <summary>What became of each key. A key that was deleted before, or of which there is only history, is not active.</summary>
    public Task<IReadOnlyList<KeymanagerItem>> DeleteAsync(IReadOnlyList<BlsPublicKey> keys, Client client, string requestId) => loading.ChangeAsync(async vault =>
    {
        var held = vault.Contents.Shares.Select(share => share.ShareKey).ToHashSet();
        List<BlsPublicKey> gone = [.. keys.Where(held.Contains).Distinct()];
        var states = await slashing.GetKeyStatesAsync();
        if (gone.Count > 0)
        {
            await intake.TakeOutAsync(vault, gone, client, requestId);
        }

        return (IReadOnlyList<KeymanagerItem>)[.. keys.Select(key => held.Contains(key) ? KeymanagerItem.Deleted : states.ContainsKey(key) ? KeymanagerItem.NotActive : KeymanagerItem.NotFound)];
    });

    public void Dispose() => _one.Dispose();

    private async Task<IReadOnlyList<KeymanagerItem>> TakeAsync(Vault vault, KeystorePush push, IReadOnlyList<ImportedKey> keys, Client client, string requestId)
    {
        var pushed = new PushedShares(vault, archive, network, [.. keys.Select(key => (key.PublicKey, key.Secret))], ShareProvenance.KeymanagerPush, PushedKeystore.Label);
        using var history = push.History is { } bytes ? new MemoryStream(bytes) : null;
        if (pushed.Fresh.Count > 0)
        {
            // Without a word about the past a key that has history here is refused: whoever pushes it does not know what it signed.
            await intake.TakeAsync(vault, new IntakeOrder(pushed.Fresh, history is null ? SlashingFloor.NeverSigned : SlashingFloor.FromHistory) { History = history, Client = client, RequestId = requestId });
        }
        else if (history is not null)
        {
            await slashing.ImportAsync(history, InterchangeReading.FloorsAtLowest);
            await audit.RecordAsync(new AuditEntry { Action = "slashing.import", Decision = AuditDecision.Event, Client = client.Name, RequestId = requestId, Detail = "history that came with keys that are here already; floors at its lowest numbers" });
        }

        return pushed.Items();
    }
}
