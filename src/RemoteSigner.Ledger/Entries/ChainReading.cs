using System.Security.Cryptography;

namespace RemoteSigner.Ledgers;

/// <summary>
/// Reads rows of entries in their order. A row has the hash of its last entry alone; those of the others follow from the hash before the
/// row. The last keeps the hash that is stored, whatever follows from the bytes: whoever walks the chain compares the two.
/// </summary>
internal sealed class ChainReading(LedgerTransaction transaction)
{
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];
    private long _sequence = -1;

    /// <summary>The entries of one row; those of the row that is read after it follow.</summary>
    /// <exception cref="LedgerException">It does not read as entries.</exception>
    public List<LedgerEntry> Read(long last, ReadOnlySpan<byte> row, ReadOnlySpan<byte> hash)
    {
        var entries = new List<LedgerEntry>();
        try
        {
            var packed = new PackedEntries(EntryWords.Of(transaction), row, last);
            StandBefore(packed.Sequence + 1, last);
            while (packed.Next())
            {
                // What lies before the beginning of the chain was dropped.
                if (packed.Sequence > _sequence)
                {
                    entries.Add(Follow(packed.Sequence, packed.ToBytes()));
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw Unreadable(last, e);
        }

        if (entries.Count > 0)
        {
            hash.CopyTo(_hash);
            entries[^1] = entries[^1] with { Hash = hash.ToArray() };
        }

        return entries;
    }

    /// <summary>The bytes of one entry of the first row that ends with it or later; null when it is not in it.</summary>
    /// <exception cref="LedgerException">It does not read as entries.</exception>
    public static byte[]? Find(LedgerTransaction transaction, long last, ReadOnlySpan<byte> row, long sequence)
    {
        try
        {
            var packed = new PackedEntries(EntryWords.Of(transaction), row, last);
            if (packed.Sequence >= sequence)
            {
                return null;
            }

            while (packed.Next() && packed.Sequence < sequence) { }

            return packed.ToBytes();
        }
        catch (InvalidDataException e)
        {
            throw Unreadable(last, e);
        }
    }

    private LedgerEntry Follow(long sequence, byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_hash);
        hash.AppendData(bytes);
        _ = hash.GetHashAndReset(_hash);
        _sequence = sequence;
        return new LedgerEntry(sequence, bytes, _hash.ToArray());
    }

    // The hash before the first entry of a row: of the row before, or of what was dropped last. Where neither is there entries are missing,
    // and whoever walks the chain says so.
    private void StandBefore(long first, long last)
    {
        if (_sequence == first - 1)
        {
            return;
        }

        if (_sequence >= first)
        {
            throw new InvalidDataException($"entry {first} stands in two rows");
        }

        var dropped = LedgerEntries.Base(transaction, _hash);
        _sequence = first - 1;
        if (dropped >= first && dropped <= last)
        {
            _sequence = dropped;
        }
        else if (dropped != first - 1)
        {
            var before = transaction.Statement("SELECT hash FROM audit WHERE seq = ?1").Bind(1, first - 1);
            if (before.Step())
            {
                before.Blob(0).CopyTo(_hash);
            }

            before.Reset();
        }
    }

    private static LedgerException Unreadable(long last, Exception why) =>
        new(
            LedgerFault.Corrupt,
            $"cannot read the audit entries up to number {last}: {why.Message}",
            "look for disk errors in the kernel log; 'remote-signer audit verify' says where the log breaks",
            why
        );
}
