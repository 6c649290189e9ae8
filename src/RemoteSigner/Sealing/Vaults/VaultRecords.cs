using System.Collections;
using System.Security.Cryptography;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>
/// The records of a vault in the order of its file, their bytes as they lie there, and which share is where. None is ever changed: one that
/// has more at its end shares with the former what both have, so that a change costs what it brings and not what is there. Thread-safe.
/// </summary>
internal sealed class VaultRecords : IReadOnlyList<VaultRecord>
{
    private readonly Shelf _shelf;

    private VaultRecords(Shelf shelf) => (_shelf, Count, Length) = (shelf, shelf.Records.Count, shelf.Length);

    /// <summary>No records.</summary>
    internal VaultRecords()
        : this(new Shelf([], ReadOnlyMemory<byte>.Empty)) { }

    /// <param name="records">In the order of their bytes.</param>
    /// <param name="bytes">All of their bytes.</param>
    internal VaultRecords(List<VaultRecord> records, ReadOnlyMemory<byte> bytes)
        : this(new Shelf(records, bytes)) { }

    public int Count { get; }

    /// <summary>Bytes of all of them.</summary>
    internal int Length { get; }

    public VaultRecord this[int index] => index < Count ? _shelf.Records[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Their bytes, in parts that follow each other.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Parts()
    {
        lock (_shelf)
        {
            return _shelf.First(Length);
        }
    }

    /// <summary>SHA-256 of all their bytes.</summary>
    internal byte[] Hash()
    {
        lock (_shelf)
        {
            return _shelf.Length == Length ? _shelf.Hash() : Shelf.Copy(this).Hash();
        }
    }

    /// <summary>Where a share is; -1 where it is not.</summary>
    internal int IndexOf(BlsPublicKey key)
    {
        lock (_shelf)
        {
            return _shelf.Places.TryGetValue(key, out var index) && index < Count ? index : -1;
        }
    }

    /// <summary>The record of a share, or null.</summary>
    internal VaultRecord? Find(BlsPublicKey key) => IndexOf(key) is >= 0 and var index ? this[index] : null;

    /// <summary>Those that are left when some are taken out, and at their end some more.</summary>
    internal VaultRecords With(IReadOnlySet<BlsPublicKey> removed, IReadOnlyCollection<VaultRecord> added)
    {
        lock (_shelf)
        {
            // What another change added that came to nothing is not ours, and what is taken out is not to stay in memory.
            var shelf =
                removed.Count == 0 && _shelf.Length == Length
                    ? _shelf
                    : Shelf.Copy(this.Where(record => !removed.Contains(record.ShareKey)));
            shelf.Add(added);
            return new VaultRecords(shelf);
        }
    }

    public IEnumerator<VaultRecord> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return _shelf.Records[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // What grows at its end. Whoever looks at less of it is not disturbed.
    private sealed class Shelf(List<VaultRecord> records, ReadOnlyMemory<byte> bytes)
    {
        private const int MinPart = 64 * 1024;

        private readonly List<ReadOnlyMemory<byte>> _parts = bytes.IsEmpty ? [] : [bytes];
        private Memory<byte> _room;
        private int _filled;
        private Dictionary<BlsPublicKey, int>? _places;
        private IncrementalHash? _hash;

        public List<VaultRecord> Records { get; } = records;

        public int Length { get; private set; } = bytes.Length;

        // Made by whoever looks for a share first: a listing does not.
        public Dictionary<BlsPublicKey, int> Places
        {
            get
            {
                if (_places is null)
                {
                    _places = new(Records.Count);
                    for (var i = 0; i < Records.Count; i++)
                    {
                        _places.TryAdd(Records[i].ShareKey, i);
                    }
                }

                return _places;
            }
        }

        public static Shelf Copy(IEnumerable<VaultRecord> records)
        {
            var copy = new Shelf([], ReadOnlyMemory<byte>.Empty);
            copy.Add([.. records]);
            return copy;
        }

        public List<ReadOnlyMemory<byte>> First(int length)
        {
            var parts = new List<ReadOnlyMemory<byte>>(_parts.Count);
            foreach (var part in _parts)
            {
                var taken = part[..Math.Min(part.Length, length)];
                parts.Add(taken);
                length -= taken.Length;
            }

            return parts;
        }

        public byte[] Hash()
        {
            if (_hash is null)
            {
                _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                _parts.ForEach(part => _hash.AppendData(part.Span));
            }

            return _hash.GetCurrentHash();
        }

        public void Add(IReadOnlyCollection<VaultRecord> added)
        {
            var length = added.Sum(record => record.Bytes.Length);
            if (length > _room.Length - _filled)
            {
                (_room, _filled) = (new byte[Math.Max(length, MinPart)], 0);
            }

            if (length == 0)
            {
                return;
            }

            // A part that was begun is gone on with.
            var begun = _filled;
            foreach (var record in added)
            {
                var place = _room.Slice(_filled, record.Bytes.Length);
                record.Bytes.CopyTo(place);
                _places?.TryAdd(record.ShareKey, Records.Count);
                Records.Add(record with { Bytes = place });
                _filled += place.Length;
            }

            if (begun > 0)
            {
                _parts.RemoveAt(_parts.Count - 1);
            }

            _parts.Add(_room[.._filled]);
            _hash?.AppendData(_room.Span[begun.._filled]);
            Length += length;
        }
    }
}
