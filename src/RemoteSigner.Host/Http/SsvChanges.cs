using System.Buffers;
using System.Text.Json;
using RemoteSigner.Access;
using RemoteSigner.Clusters;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Brings shares in that an SSV node sends, all of a request or none. The node does not say what they have signed elsewhere: each begins at this moment of the chain, so that it
/// sits out the epoch that is running. One request at a time, and a pause after one that failed: guessing at ciphertexts takes very long then.
/// </summary>
internal sealed class SsvChanges(
    KeyLoading loading, ShareIntake intake, ClusterArchive archive, FreshnessRun freshness, OperatorVoice voice, SlotClock clock, Network network, SecretArena arena, TimeProvider time) : IDisposable
{
    private const string Label = "ssv push";
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>What became of each share: imported, or duplicate.</summary>
    /// <exception cref="IntakeException">At least one may not come in, or does not open; nothing was kept.</exception>
    public async Task<IReadOnlyList<KeymanagerItem>> ImportAsync(IReadOnlyList<SsvBody> bodies, Client client, string requestId, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        List<(SsvBody Body, BlsSecretKey? Secret)> opened = [];
        try
        {
            opened.AddRange(bodies.Select(body => (body, voice.DecryptShare(arena, body.Encrypted, body.PublicKey))));
            if (opened.Exists(share => share.Secret is null))
            {
                await Task.Delay(_pause, time, cancellation);
                throw new IntakeException([.. opened.Index().Where(share => share.Item.Secret is null).Select(share => DoesNotOpen(share.Index, share.Item.Body))]);
            }

            var items = await loading.ChangeAsync(vault => TakeAsync(vault, [.. opened.Select(share => (share.Body.PublicKey, share.Secret!))], client, requestId));
            await freshness.CoverHistoryAsync();
            return items;
        }
        finally
        {
            opened.ForEach(share => share.Secret?.Dispose());
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<IReadOnlyList<KeymanagerItem>> TakeAsync(Vault vault, IReadOnlyList<(BlsPublicKey Key, BlsSecretKey Secret)> shares, Client client, string requestId)
    {
        var pushed = new PushedShares(vault, archive, network, shares, ShareProvenance.SsvPush, Label);
        if (pushed.Fresh.Count > 0)
        {
            using var history = new MemoryStream(HistoryUntilNow(pushed.Fresh));
            await intake.TakeAsync(vault, new IntakeOrder(pushed.Fresh, SlashingFloor.FromHistory) { History = history, Client = client, RequestId = requestId });
        }

        return pushed.Items();
    }

    private static IntakeRefusal DoesNotOpen(int position, SsvBody body) =>
        new("share_does_not_open", $"share_keys[{position}] ({body.PublicKey})", "it is not the secret of its public key, encrypted to this operator", "the node takes it for a bad registration and goes on");

    // As if each had proposed in this slot and voted for this epoch: an interchange file, which is the way for history to come in.
    private byte[] HistoryUntilNow(IEnumerable<VaultShare> shares)
    {
        var (slot, root) = (clock.Now ?? throw Unknown("genesis time"), network.GenesisValidatorsRoot ?? throw Unknown("genesis validators root"));
        var epoch = network.EpochOf(slot).Value;
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("metadata"u8);
        json.WriteString("interchange_format_version"u8, "5"u8);
        json.WriteString("genesis_validators_root"u8, root.ToString());
        json.WriteEndObject();
        json.WriteStartArray("data"u8);
        foreach (var share in shares)
        {
            json.WriteStartObject();
            json.WriteString("pubkey"u8, share.ShareKey.ToString());
            json.WriteStartArray("signed_blocks"u8);
            json.WriteStartObject();
            json.WriteString("slot"u8, slot.Value.ToString());
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartArray("signed_attestations"u8);
            json.WriteStartObject();
            json.WriteString("source_epoch"u8, (epoch == 0 ? 0 : epoch - 1).ToString());
            json.WriteString("target_epoch"u8, epoch.ToString());
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static IntakeException Unknown(string what) =>
        new([new("genesis_unknown", "the network", $"its {what} is not known, so it cannot be said from when on the shares may sign", "import the keyshares with 'remote-signer cluster import --ssv' and their history")]);
}
