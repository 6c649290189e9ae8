using System.Diagnostics.CodeAnalysis;

namespace RemoteSigner.Ledgers;

/// <summary>
/// What recurs in entries, each once: the shapes, and values such as a key or the name of a client. Entries name a word by its number.
/// Words stay when the entries that named them are dropped: there are as many as keys and clients there ever were. Who changes one changes
/// bytes that are hashed. Remembered until something is rolled back (<see cref="LedgerTransaction.Recall"/>).
/// </summary>
internal sealed class EntryWords
{
    public const string Script = """

        CREATE TABLE audit_word (id INTEGER PRIMARY KEY, word BLOB NOT NULL UNIQUE) STRICT;
        """;

    // Two for each key of a large signer; beyond it the table is asked.
    private const int MaxRemembered = 1 << 16;

    private readonly LedgerTransaction _transaction;
    private readonly Dictionary<byte[], long> _numbers = new(new ByContent());
    private readonly Dictionary<byte[], long>.AlternateLookup<ReadOnlySpan<byte>> _byContent;
    private readonly Dictionary<long, byte[]> _words = [];

    private EntryWords(LedgerTransaction transaction)
    {
        _transaction = transaction;
        _byContent = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public static EntryWords Of(LedgerTransaction transaction) => transaction.Recall(of => new EntryWords(of));

    /// <summary>The number of a word, which is added when it is new.</summary>
    public long NumberOf(ReadOnlySpan<byte> word)
    {
        if (_byContent.TryGetValue(word, out var number))
        {
            return number;
        }

        var known = _transaction.Statement("SELECT id FROM audit_word WHERE word = ?1").Bind(1, word);
        number = known.Step() ? known.Number(0) : 0;
        known.Reset();
        if (number == 0)
        {
            var added = _transaction.Statement("INSERT INTO audit_word (word) VALUES (?1) RETURNING id").Bind(1, word);
            _ = added.Step();
            number = added.Number(0);
            _ = added.Step();
        }

        if (_numbers.Count == MaxRemembered)
        {
            _numbers.Clear();
        }

        _numbers.Add(word.ToArray(), number);
        return number;
    }

    /// <summary>The word with this number.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public byte[] Get(ulong number)
    {
        if (number > long.MaxValue)
        {
            throw new InvalidDataException($"no word has the number {number}");
        }

        if (!_words.TryGetValue((long)number, out var word))
        {
            var row = _transaction.Statement("SELECT word FROM audit_word WHERE id = ?1").Bind(1, (long)number);
            word = row.Step() ? row.Blob(0).ToArray() : throw new InvalidDataException($"there is no word {number}");
            row.Reset();
            if (_words.Count == MaxRemembered)
            {
                _words.Clear();
            }

            _words.Add((long)number, word);
        }

        return word;
    }

    private sealed class ByContent : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] word) => GetHashCode(word.AsSpan());

        public bool Equals(ReadOnlySpan<byte> one, byte[] other) => one.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> word)
        {
            var hash = default(HashCode);
            hash.AddBytes(word);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> word) => word.ToArray();
    }
}
