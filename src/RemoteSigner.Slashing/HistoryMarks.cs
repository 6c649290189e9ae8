using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// How far the whole history reaches: <paramref name="Digest"/> is SHA-256 over public key (48 bytes), newest source, target and slot (8 bytes each,
/// big-endian, all ones for none) of every key that has any, in the order of the keys; the rest is for people (null: none).
/// </summary>
public sealed record HistoryMarks(Root Digest, int Keys, Epoch? Source, Epoch? Target, Slot? Slot)
{
    /// <summary>Of all of it, or only of what lies before an epoch.</summary>
    internal static HistoryMarks Of(LedgerTransaction transaction, ulong slotsPerEpoch, Epoch? before = null)
    {
        var epoch = before is { } limit && StoredNumber.Fits(limit.Value) ? (long)limit.Value : long.MaxValue;
        var slot = epoch > long.MaxValue / (long)slotsPerEpoch ? long.MaxValue : epoch * (long)slotsPerEpoch;
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (keys, newest) = (0, (Source: (long?)null, Target: (long?)null, Slot: (long?)null));
        var rows = Select(transaction).Bind(1, epoch).Bind(2, slot);
        while (rows.Step())
        {
            var (s, t, b) = (rows.NumberOrNull(1), rows.NumberOrNull(2), rows.NumberOrNull(3));
            if (s is null && t is null && b is null)
            {
                continue;
            }

            digest.AppendData(rows.Blob(0));
            Append(digest, s);
            Append(digest, t);
            Append(digest, b);
            (keys, newest) = (keys + 1, (Newer(newest.Source, s), Newer(newest.Target, t), Newer(newest.Slot, b)));
        }

        return new HistoryMarks(new Root(digest.GetHashAndReset()), keys, EpochOf(newest.Source), EpochOf(newest.Target), newest.Slot is { } n ? new Slot((ulong)n) : null);
    }

    // A floor stands for records that were dropped, so it counts like one.
    private static LedgerStatement Select(LedgerTransaction transaction) => transaction.Statement("""
        SELECT k.key,
            coalesce(max(a.source, v.source), a.source, v.source),
            coalesce(max(a.target, v.target), a.target, v.target),
            coalesce(max(b.slot, v.slot), b.slot, v.slot)
        FROM public_key k
            JOIN (SELECT id, iif(source_floor < ?1, source_floor, NULL) AS source, iif(target_floor < ?1, target_floor, NULL) AS target, iif(slot_floor < ?2, slot_floor, NULL) AS slot
                FROM validator) v ON v.id = k.validator
            LEFT JOIN (SELECT validator, max(source) AS source, max(target) AS target FROM attestation WHERE target < ?1 GROUP BY validator) a ON a.validator = v.id
            LEFT JOIN (SELECT validator, max(slot) AS slot FROM block WHERE slot < ?2 GROUP BY validator) b ON b.validator = v.id
        ORDER BY k.key
        """);

    private static void Append(IncrementalHash digest, long? number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number is { } known ? (ulong)known : ulong.MaxValue);
        digest.AppendData(bytes);
    }

    private static long? Newer(long? one, long? other) => one > other || other is null ? one : other;

    private static Epoch? EpochOf(long? number) => number is { } known ? new Epoch((ulong)known) : null;
}
