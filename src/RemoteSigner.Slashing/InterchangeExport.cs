using System.Globalization;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Writes histories in the EIP-3076 interchange format, page by page, so that signing goes on and memory stays small. A floor without a
/// record on it is written as a record without a root: every reader of the format then refuses what this ledger refuses.
/// </summary>
internal sealed class InterchangeExport(Ledger ledger, Utf8JsonWriter json, ulong slotsPerEpoch)
{
    private const int RecordsPerPage = 1000;

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
        var (floors, page) = await ledger.ReadAsync(transaction =>
        {
            var floors = ExportedFloors.Of(transaction, validator, slotsPerEpoch);
            return (floors, BlockPage(transaction, validator, floors, FloorBlock(transaction, validator, floors)));
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
            page = await ledger.ReadAsync(transaction => BlockPage(transaction, validator, floors, [last])[1..]);
        }

        json.WriteEndArray();
    }

    private async Task WriteAttestationsAsync(long validator)
    {
        json.WriteStartArray("signed_attestations"u8);
        var (floors, page) = await ledger.ReadAsync(transaction =>
        {
            var floors = ExportedFloors.Of(transaction, validator, slotsPerEpoch);
            return (floors, AttestationPage(transaction, validator, floors, FloorVote(transaction, validator, floors)));
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
            page = await ledger.ReadAsync(transaction => AttestationPage(transaction, validator, floors, [last])[1..]);
        }

        json.WriteEndArray();
    }

    /// <summary>The slot floor as a record, unless a record stands there; no bytes mean no root, which sorts before every root.</summary>
    private static List<(long Slot, byte[] Root)> FloorBlock(LedgerTransaction transaction, long validator, ExportedFloors floors) => floors.Slot is not { } slot
        || Found(transaction.Statement("SELECT 1 FROM block WHERE validator = ?1 AND slot = ?2").Bind(1, validator).Bind(2, slot)) ? [] : [(slot, [])];

    private static List<(Vote Vote, byte[] Root)> FloorVote(LedgerTransaction transaction, long validator, ExportedFloors floors) => floors is not { Source: { } source, Target: { } target }
        || Found(transaction.Statement("SELECT 1 FROM attestation WHERE validator = ?1 AND target = ?2 AND source = ?3").Bind(1, validator).Bind(2, target).Bind(3, source))
            ? []
            : [(new Vote(source, target), [])];

    private static bool Found(LedgerStatement statement)
    {
        var found = statement.Step();
        statement.Reset();
        return found;
    }

    /// <summary>The records after the last of <paramref name="page"/>, added to it.</summary>
    private static List<(long Slot, byte[] Root)> BlockPage(LedgerTransaction transaction, long validator, ExportedFloors floors, List<(long Slot, byte[] Root)> page)
    {
        var (slot, root) = page.Count > 0 ? page[^1] : (-1, []);
        var rows = transaction.Statement("SELECT slot, root FROM block WHERE validator = ?1 AND (slot, root) > (?2, ?3) AND slot >= ?5 ORDER BY slot, root LIMIT ?4")
            .Bind(1, validator).Bind(2, slot).Bind(3, root).Bind(4, RecordsPerPage).Bind(5, floors.Slot ?? 0);
        while (rows.Step())
        {
            page.Add((rows.Number(0), rows.Blob(1).ToArray()));
        }

        return page;
    }

    private static List<(Vote Vote, byte[] Root)> AttestationPage(LedgerTransaction transaction, long validator, ExportedFloors floors, List<(Vote Vote, byte[] Root)> page)
    {
        var (vote, root) = page.Count > 0 ? page[^1] : (new Vote(-1, -1), []);
        var rows = transaction.Statement("""
            SELECT source, target, root FROM attestation WHERE validator = ?1 AND (target, source, root) > (?2, ?3, ?4)
                AND source >= ?6 AND target >= ?7
            ORDER BY target, source, root LIMIT ?5
            """).Bind(1, validator).Bind(2, vote.Target).Bind(3, vote.Source).Bind(4, root).Bind(5, RecordsPerPage)
            .Bind(6, floors.Source ?? 0).Bind(7, floors.Target ?? 0);
        while (rows.Step())
        {
            page.Add((new Vote(rows.Number(0), rows.Number(1)), rows.Blob(2).ToArray()));
        }

        return page;
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
