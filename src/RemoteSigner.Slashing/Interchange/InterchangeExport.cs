using System.Globalization;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Writes histories in the EIP-3076 interchange format, page by page, so that signing goes on and memory stays small. A low watermark
/// without a record on it is written as a record without a root: every reader of the format then refuses what this ledger refuses.
/// </summary>
internal sealed class InterchangeExport(Ledger ledger, Utf8JsonWriter json, ulong slotsPerEpoch)
{
    public async Task WriteAsync(Root chain, IReadOnlyList<(BlsPublicKey Key, long Validator)> keys)
    {
        json.WriteStartObject();
        json.WriteStartObject("metadata"u8);
        json.WriteString("interchange_format_version"u8, "5"u8);
        json.WriteString("genesis_validators_root"u8, chain.ToString());
        json.WriteEndObject();
        json.WriteStartArray("data"u8);
        foreach (var (key, validator) in keys)
        {
            json.WriteStartObject();
            json.WriteString("pubkey"u8, key.ToString());
            await WriteBlocksAsync(validator);
            await WriteAttestationsAsync(validator);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync();
    }

    private async Task WriteBlocksAsync(long validator)
    {
        json.WriteStartArray("signed_blocks"u8);
        var (lowWatermarks, page) = await ledger.ReadAsync(transaction =>
        {
            var lowWatermarks = ExportedLowWatermarks.Of(transaction, validator, slotsPerEpoch);
            return (
                lowWatermarks,
                HistoryPages.Blocks(
                    transaction,
                    validator,
                    lowWatermarks,
                    HistoryPages.LowWatermarkBlock(transaction, validator, lowWatermarks)
                )
            );
        });
        while (page.Count > 0)
        {
            foreach (var (slot, root) in page)
            {
                json.WriteStartObject();
                Number("slot"u8, slot);
                Finish(root);
            }

            var last = page[^1];
            await json.FlushAsync();
            page = await ledger.ReadAsync(transaction => HistoryPages.Blocks(transaction, validator, lowWatermarks, [last])[1..]);
        }

        json.WriteEndArray();
    }

    private async Task WriteAttestationsAsync(long validator)
    {
        json.WriteStartArray("signed_attestations"u8);
        var (lowWatermarks, page) = await ledger.ReadAsync(transaction =>
        {
            var lowWatermarks = ExportedLowWatermarks.Of(transaction, validator, slotsPerEpoch);
            return (
                lowWatermarks,
                HistoryPages.Votes(
                    transaction,
                    validator,
                    lowWatermarks,
                    HistoryPages.LowWatermarkVote(transaction, validator, lowWatermarks)
                )
            );
        });
        while (page.Count > 0)
        {
            foreach (var (vote, root) in page)
            {
                json.WriteStartObject();
                Number("source_epoch"u8, vote.Source);
                Number("target_epoch"u8, vote.Target);
                Finish(root);
            }

            var last = page[^1];
            await json.FlushAsync();
            page = await ledger.ReadAsync(transaction => HistoryPages.Votes(transaction, validator, lowWatermarks, [last])[1..]);
        }

        json.WriteEndArray();
    }

    private void Number(ReadOnlySpan<byte> name, long value) => json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));

    private void Finish(byte[] root)
    {
        if (root.Length > 0)
        {
            json.WriteString("signing_root"u8, Hex.Format(root));
        }

        json.WriteEndObject();
    }
}
