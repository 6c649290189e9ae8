using System.Buffers;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>Keystores that were written for a ceremony, and have not been seen gone since.</summary>
/// <param name="Folder">Where they were written.</param>
/// <param name="Keys">Whose they are.</param>
public sealed record HandedOut(string Folder, IReadOnlyList<BlsPublicKey> Keys)
{
    private const string Note = "keys.handed-out";

    internal static IReadOnlyList<HandedOut> Read(LedgerTransaction transaction)
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
                .Select(one => new HandedOut(
                    one.GetProperty("folder").GetString()!,
                    [.. one.GetProperty("keys").EnumerateArray().Select(key => BlsPublicKey.Parse(key.GetString()))]
                )),
        ];
    }

    /// <summary>In the transaction before the first file is written.</summary>
    internal static void Add(LedgerTransaction transaction, HandedOut added) =>
        Write(transaction, [.. Read(transaction).Where(one => one.Folder != added.Folder), added]);

    /// <summary>Those that were seen gone.</summary>
    internal static void Forget(LedgerTransaction transaction, IReadOnlyCollection<HandedOut> gone) =>
        Write(transaction, [.. Read(transaction).Where(one => gone.All(other => other.Folder != one.Folder))]);

    /// <summary>Those that have one of these keys, each of which is seen to be gone: what cannot be looked at may be there.</summary>
    /// <param name="seen">Folders in which somebody else sees them.</param>
    /// <exception cref="AdminException">One is there still, or cannot be looked at.</exception>
    internal static async Task<IReadOnlyList<HandedOut>> RequireGoneAsync(
        Proceeding proceeding,
        IEnumerable<BlsPublicKey> keys,
        IReadOnlyCollection<string> seen
    )
    {
        var wanted = keys.ToHashSet();
        List<HandedOut> about =
            wanted.Count == 0 ? [] : [.. (await proceeding.Pending.WriteAsync(Read)).Where(one => one.Keys.Any(wanted.Contains))];
        foreach (var one in about)
        {
            if (seen.Contains(one.Folder))
            {
                throw CeremonyFolder.StillThere(one.Folder);
            }

            CeremonyFolder.RequireGone(one.Folder);
        }

        return about;
    }

    private static void Write(LedgerTransaction transaction, IReadOnlyCollection<HandedOut> all)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var one in all)
            {
                json.WriteStartObject();
                json.WriteString("folder"u8, one.Folder);
                json.WriteStartArray("keys"u8);
                foreach (var key in one.Keys)
                {
                    json.WriteStringValue(key.ToString());
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        LedgerNotes.Put(transaction, Note, buffer.WrittenSpan);
    }
}
