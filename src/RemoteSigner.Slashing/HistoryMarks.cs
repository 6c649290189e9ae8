using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// How far the whole history reaches: <paramref name="Digest"/> is SHA-256 over public key (48 bytes), newest source, target and slot (8
/// bytes each, big-endian, all ones for none) of every key that has any, in the order of the keys; the rest is for people (null: none).
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
        foreach (var (key, s, t, b) in NewestNumbers.Read(transaction, epoch, slot))
        {
            if (s is null && t is null && b is null)
            {
                continue;
            }

            digest.AppendData(key.Bytes);
            Append(digest, s);
            Append(digest, t);
            Append(digest, b);
            (keys, newest) = (keys + 1, (Newer(newest.Source, s), Newer(newest.Target, t), Newer(newest.Slot, b)));
        }

        return new HistoryMarks(
            new Root(digest.GetHashAndReset()),
            keys,
            EpochOf(newest.Source),
            EpochOf(newest.Target),
            newest.Slot is { } n ? new Slot((ulong)n) : null
        );
    }

    private static void Append(IncrementalHash digest, long? number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number is { } known ? (ulong)known : ulong.MaxValue);
        digest.AppendData(bytes);
    }

    private static long? Newer(long? one, long? other) => one > other || other is null ? one : other;

    private static Epoch? EpochOf(long? number) => number is { } known ? new Epoch((ulong)known) : null;
}
