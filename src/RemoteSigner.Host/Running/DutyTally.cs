using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using RemoteSigner.Access;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>
/// What the log says of requests: of refusals the first of each reason and client in full (where each detail is news, the first few of
/// these), and once an epoch one line with the counts of all. A low watermark that refuses every duty of a thousand validators is one line
/// then, and whoever may send requests cannot fill the disk with what they are refused. The audit log has each.
/// </summary>
internal sealed partial class DutyTally(AccessPolicy access, ILogger<DutyTally> log)
{
    // Reasons are ours, and of clients those count that signer.json names: this is never reached.
    private const int MaxKinds = 4096;

    // So many details of a kind are told where each is another thing to mend.
    private const int MaxApart = 16;

    // With time, category and request in front of it a line is below 400 bytes.
    private const int LongestLine = 272;

    private static readonly FrozenDictionary<DutyType, string> _words = Enum.GetValues<DutyType>()
        .ToFrozenDictionary(duty => duty, duty => Words(duty.Code()));

    private readonly Lock _gate = new();
    private Dictionary<string, long> _signed = [];
    private Dictionary<(string Reason, string Client), long> _refused = [];
    private Dictionary<(string Reason, string Client), HashSet<string>> _told = [];

    public void Signed(DutyType duty) => Signed(Words(duty));

    /// <param name="what">In words of ours.</param>
    public void Signed(string what)
    {
        lock (_gate)
        {
            Count(_signed, what);
        }
    }

    /// <param name="requestId">Names the request.</param>
    /// <param name="subject">What was asked for, in words.</param>
    /// <param name="client">Who asked; null where that is not known.</param>
    /// <param name="reason">The code of the answer.</param>
    /// <param name="detail">What else there is to say; what others chose in it is fit to be shown.</param>
    /// <param name="isApart">Each other detail is another thing to mend and nobody else writes it down, such as the wrong names of a host:
    /// each of them is told, up to a bound.</param>
    public void Refused(string requestId, string subject, Client? client, string reason, string? detail, bool isApart = false)
    {
        lock (_gate)
        {
            var kind = (reason, NameOf(client));
            var isFirst = Count(_refused, kind) == 1;
            if (!(isApart ? IsNews(kind, detail ?? "") : isFirst))
            {
                return;
            }
        }

        var name = client is null ? "" : PeerText.Shown(client.Name, 64);
        var tail = Tail(reason, detail, LongestLine - subject.Length - name.Length);
        if (client is null)
        {
            LogRefused(requestId, subject, tail);
        }
        else
        {
            LogRefusedTo(requestId, subject, name, tail);
        }
    }

    /// <summary>Writes the line about what has passed since the last one.</summary>
    /// <param name="when">The time that it is about, such as <c>epoch 7</c>.</param>
    public void Tell(string when)
    {
        Dictionary<string, long> signed;
        Dictionary<(string Reason, string Client), long> refused;
        lock (_gate)
        {
            (signed, _signed) = (_signed, []);
            (refused, _refused) = (_refused, []);
            _told = [];
        }

        var granted =
            signed.Count == 0
                ? "nothing"
                : string.Join(
                    ", ",
                    signed
                        .OrderBy(row => row.Key, StringComparer.Ordinal)
                        .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Value} {row.Key}"))
                );
        var denied =
            refused.Count == 0
                ? "nothing"
                : string.Join(
                    ", ",
                    refused
                        .OrderBy(row => row.Key)
                        .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Value} {row.Key.Reason} for {row.Key.Client}"))
                );

        // One that was told in full already is no news.
        var level = refused.Values.Any(count => count > 1) ? LogLevel.Warning : LogLevel.Information;
        log.Log(level, "{When}: signed {Signed}; refused {Refused}", when, granted, denied);
    }

    /// <summary>A duty as the log calls it: <c>sync committee message</c>.</summary>
    public static string Words(DutyType duty) => _words[duty];

    /// <summary>The same of a name in snake case, of the wire or of ours.</summary>
    public static string Words(string name) => name.Replace('_', ' ').ToLowerInvariant();

    // What does not fit is in the answer: first keys and roots go by their ends, then the rest.
    private static string Tail(string reason, string? detail, int room)
    {
        var tail = detail is null ? reason : $"{reason}: {detail}";
        return PeerText.Shown(tail.Length <= room ? tail : LongNumber().Replace(tail, "$1…$2"), room);
    }

    // Whoever has a certificate that counts has a name, as many as he likes.
    private string NameOf(Client? client) =>
        client is null ? "a peer without a name"
        : access.Knows(client) ? client.Name
        : "clients that signer.json does not name";

    private bool IsNews((string Reason, string Client) kind, string detail)
    {
        var told = _told.GetValueOrDefault(kind) ?? (_told[kind] = []);
        return told.Count < MaxApart && told.Add(detail);
    }

    private static long Count<TKind>(Dictionary<TKind, long> counts, TKind kind)
        where TKind : notnull
    {
        var count = counts.GetValueOrDefault(kind) + 1;
        if (count > 1 || counts.Count < MaxKinds)
        {
            counts[kind] = count;
        }

        return count;
    }

    [GeneratedRegex("(0x[0-9a-f]{8})[0-9a-f]{44,}([0-9a-f]{8})")]
    private static partial Regex LongNumber();

    [LoggerMessage(Level = LogLevel.Warning, Message = "request {RequestId}: refused {Subject}: {Reason}")]
    private partial void LogRefused(string requestId, string subject, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "request {RequestId}: refused {Subject} for {Client}: {Reason}")]
    private partial void LogRefusedTo(string requestId, string subject, string client, string reason);
}
