using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Audit;

/// <summary>
/// A part of the chain as a text file that anybody can check: a first line that says which entries and the hashes before and after them,
/// then one line an entry, byte for byte what was hashed (JSON has no line feed in it). Format in README.md.
/// </summary>
/// <param name="First">Number of the first entry in it.</param>
/// <param name="Previous">Hash of the entry before.</param>
/// <param name="Head">Hash of the last entry in it.</param>
public sealed record AuditSegment(long First, long Last, Root Previous, Root Head)
{
    private const string Format = "remote-signer-audit-segment-1";
    private const int EntriesPerRead = 1000;
    private const int MaxLineLength = 16 << 20;

    /// <summary>Writes the kept entries, up to the newest or to <paramref name="through"/>.</summary>
    /// <exception cref="AuditSegmentException">There is no such entry.</exception>
    public static async Task<AuditSegment> WriteAsync(Ledger ledger, Stream file, long? through)
    {
        var segment = await ledger.ReadAsync(transaction => Of(transaction, through));
        await using var text = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        await text.WriteLineAsync(segment.Header());
        for (var done = segment.First - 1; done < segment.Last; )
        {
            var entries = await ledger.ReadAsync(transaction =>
                LedgerEntries.After(transaction, done, (int)Math.Min(EntriesPerRead, segment.Last - done))
            );
            foreach (var entry in entries)
            {
                await text.WriteLineAsync(Encoding.UTF8.GetString(entry.Entry.Span));
            }

            done =
                entries is [.., var last] && last.Sequence == done + entries.Count
                    ? last.Sequence
                    : throw new AuditSegmentException($"entry {done + 1} is missing", "'remote-signer audit verify' says more");
        }

        return segment;
    }

    /// <summary>
    /// The entries of a file with their hashes; the last comes only when the file ends with the head that its first line says.
    /// </summary>
    /// <exception cref="AuditSegmentException">It is no segment, or was changed.</exception>
    internal static async IAsyncEnumerable<(AuditSegment Segment, LedgerEntry Entry)> EntriesAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        using var file = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var text = new BoundedLines(file, MaxLineLength);
        var segment = Parse(path, await LineAsync(text, path, cancellation) ?? "");
        var (hash, sequence) = (segment.Previous.Bytes.ToArray(), segment.First - 1);
        LedgerEntry? held = null;
        while (await LineAsync(text, path, cancellation) is { } line)
        {
            if (held is not null)
            {
                yield return (segment, held);
            }

            var bytes = Encoding.UTF8.GetBytes(line);
            hash = SHA256.HashData([.. hash, .. bytes]);
            held = new LedgerEntry(++sequence, bytes, hash);
        }

        if (held is null || sequence != segment.Last || !segment.Head.Bytes.SequenceEqual(hash))
        {
            throw Damaged(path, $"its entries do not lead from hash {segment.Previous} to entry {segment.Last} with hash {segment.Head}");
        }

        yield return (segment, held);
    }

    private static AuditSegment Of(LedgerTransaction transaction, long? through)
    {
        Span<byte> hash = stackalloc byte[Root.Length];
        var first = LedgerEntries.Base(transaction, hash) + 1;
        var previous = new Root(hash);
        var last = through ?? LedgerEntries.Newest(transaction, hash);
        return last >= first && LedgerEntries.FindHash(transaction, last) is { } head
            ? new AuditSegment(first, last, previous, new Root(head))
            : throw new AuditSegmentException($"the log keeps no entry {last}", $"its first entry is {first}");
    }

    private string Header() =>
        $$"""{"format":"{{Format}}","first":{{First}},"last":{{Last}},"previous":"{{Previous}}","head":"{{Head}}"}""";

    private static AuditSegment Parse(string path, string line)
    {
        try
        {
            using var json = StrictJson.Open(Encoding.UTF8.GetBytes(line), maxDepth: 8);
            var header = json.RootElement;
            if (header.GetProperty("format").GetString() != Format)
            {
                throw Damaged(path, "its first line names another format");
            }

            var (first, last) = (header.GetProperty("first").GetInt64(), header.GetProperty("last").GetInt64());
            return first >= 1 && last >= first && last < long.MaxValue
                ? new AuditSegment(
                    first,
                    last,
                    Root.Parse(header.GetProperty("previous").GetString()),
                    Root.Parse(header.GetProperty("head").GetString())
                )
                : throw Damaged(path, $"no segment has entries {first} to {last}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Damaged(path, $"its first line is not that of one: {e.Message}");
        }
    }

    private static async Task<string?> LineAsync(BoundedLines text, string path, CancellationToken cancellation)
    {
        try
        {
            return await text.ReadAsync(cancellation);
        }
        catch (DecoderFallbackException)
        {
            throw Damaged(path, "it is not UTF-8");
        }
        catch (InvalidDataException)
        {
            throw Damaged(path, $"a line of it has more than {MaxLineLength} characters");
        }
    }

    private static AuditSegmentException Damaged(string path, string what) =>
        new($"{path} is no segment of an audit log, or was changed: {what}", "export it again, or bring back the file as it was exported");
}
