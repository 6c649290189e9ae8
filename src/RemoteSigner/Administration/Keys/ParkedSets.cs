using System.Buffers;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// What the ledger keeps of parked sets beside the state of each key, under one note: since when and until when. Which shares are parked,
/// the states alone say.
/// </summary>
internal static class ParkedSets
{
    private const string Note = "keys.parked";

    public static IReadOnlyList<ParkedSet> Read(LedgerTransaction transaction)
    {
        if (LedgerNotes.Find(transaction, Note) is not { } utf8)
        {
            return [];
        }

        using var document = StrictJson.Open(utf8, maxDepth: 8);
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(set => new ParkedSet(
                    RootOf(set, "cluster"),
                    TimeOf(set, "since")!.Value,
                    TimeOf(set, "until"),
                    RootOf(set, "successor")
                )),
        ];
    }

    /// <summary>
    /// Notes a set. Where shares of the same document are parked already, none is given up before the later of the two ends, or by itself
    /// where one has none.
    /// </summary>
    public static void Put(LedgerTransaction transaction, ParkedSet set)
    {
        var sets = Read(transaction);
        var until =
            sets.FirstOrDefault(other => other.Cluster == set.Cluster) is not { } before ? set.Until
            : before.Until is { } first && set.Until is { } second ? (first > second ? first : second)
            : null;
        Write(transaction, [.. sets.Where(other => other.Cluster != set.Cluster), set with { Until = until }]);
    }

    /// <summary>Forgets a set that is parked no more.</summary>
    public static void Remove(LedgerTransaction transaction, Root? cluster) =>
        Write(transaction, [.. Read(transaction).Where(other => other.Cluster != cluster)]);

    private static void Write(LedgerTransaction transaction, IReadOnlyCollection<ParkedSet> sets)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var set in sets)
            {
                json.WriteStartObject();
                WriteRoot(json, "cluster"u8, set.Cluster);
                json.WriteNumber("since"u8, set.Since.ToUnixTimeSeconds());
                if (set.Until is { } until)
                {
                    json.WriteNumber("until"u8, until.ToUnixTimeSeconds());
                }

                WriteRoot(json, "successor"u8, set.Successor);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        LedgerNotes.Put(transaction, Note, buffer.WrittenSpan);
    }

    private static void WriteRoot(Utf8JsonWriter json, ReadOnlySpan<byte> name, Root? root)
    {
        if (root is { } value)
        {
            json.WriteString(name, value.ToString());
        }
    }

    private static Root? RootOf(JsonElement set, string name) =>
        set.TryGetProperty(name, out var root) ? Root.Parse(root.GetString()) : null;

    private static DateTimeOffset? TimeOf(JsonElement set, string name) =>
        set.TryGetProperty(name, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds.GetInt64()) : null;
}
