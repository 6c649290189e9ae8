using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Audit;

/// <summary>
/// The canonical bytes of an entry: compact JSON, members in one fixed order, those that do not apply left out. The format is in README.md.
/// Names, actions and duties are the entry's shape; keys and clients of what was granted come again, and are kept once
/// (<see cref="EntryText"/>). Those of a refusal may be anybody's, and are not.
/// </summary>
internal static class AuditEncoding
{
    // What System.Text.Json writes as it stands, among the printable characters of ASCII.
    private static readonly SearchValues<char> _plain = SearchValues.Create(
        " !#$%()*,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~"
    );

    public static void Write(EntryText text, long sequence, DateTimeOffset time, in AuditEntry entry)
    {
        var recurs = entry.Decision == AuditDecision.Granted;
        text.Constant("{\"seq\":"u8);
        text.Sequence(sequence);
        text.Constant(",\"time\":\""u8);
        text.Time(time);
        text.Constant("\",\"action\":\""u8);
        Constant(text, entry.Action);
        text.Constant("\",\"decision\":\""u8);
        text.Constant(Name(entry.Decision));
        text.Constant("\""u8);
        Text(text, ",\"request\":\""u8, entry.RequestId);
        Text(text, ",\"client\":\""u8, entry.Client, recurs);
        Text(text, ",\"certificate\":\""u8, entry.ClientFingerprint, recurs);
        Text(text, ",\"user\":\""u8, entry.User);
        if (entry.ShareKey is { } share)
        {
            Bytes(text, ",\"share\":\"0x"u8, share.Bytes, recurs);
        }

        if (entry.GroupKey is { } group)
        {
            Bytes(text, ",\"group\":\"0x"u8, group.Bytes, recurs);
        }

        if (entry.Keys.Count > 0)
        {
            Keys(text, entry.Keys);
        }

        if (entry.FileHash is { } file)
        {
            Bytes(text, ",\"file\":\"0x"u8, file.Bytes);
        }

        Number(text, ",\"through\":"u8, (ulong?)entry.Through);
        if (entry.Head is { } head)
        {
            Bytes(text, ",\"head\":\"0x"u8, head.Bytes);
        }

        if (entry.Duty is { } duty)
        {
            text.Constant(",\"duty\":\""u8);
            Constant(text, duty.Name());
            text.Constant("\""u8);
        }

        Number(text, ",\"slot\":"u8, entry.Slot?.Value);
        Number(text, ",\"source\":"u8, entry.SourceEpoch?.Value);
        Number(text, ",\"target\":"u8, entry.TargetEpoch?.Value);
        if (entry.SigningRoot is { } root)
        {
            Bytes(text, ",\"root\":\"0x"u8, root.Bytes);
        }

        if (entry.SignedBefore)
        {
            text.Constant(",\"again\":true"u8);
        }

        Text(text, ",\"rule\":\""u8, entry.Rule);
        Number(text, ",\"count\":"u8, (ulong?)entry.Count);
        Text(text, ",\"detail\":\""u8, entry.Detail);
        text.Constant("}"u8);
    }

    private static ReadOnlySpan<byte> Name(AuditDecision decision) =>
        decision switch
        {
            AuditDecision.Granted => "granted"u8,
            AuditDecision.Refused => "refused"u8,
            AuditDecision.Event => "event"u8,
            _ => throw new UnreachableException(),
        };

    // A name of ours: letters, digits, dots and underscores.
    private static void Constant(EntryText text, string name)
    {
        Span<byte> bytes = stackalloc byte[name.Length];
        text.Constant(bytes[..Encoding.ASCII.GetBytes(name, bytes)]);
    }

    private static void Text(EntryText text, ReadOnlySpan<byte> before, string? value, bool recurs = false)
    {
        if (value is null)
        {
            return;
        }

        text.Constant(before);
        if (value.Length > 256 || value.AsSpan().ContainsAnyExcept(_plain))
        {
            // Half a surrogate pair, as of a name that was cut, becomes U+FFFD.
            text.Text(JsonEncodedText.Encode(Encoding.UTF8.GetBytes(value)).EncodedUtf8Bytes, recurs);
        }
        else
        {
            Span<byte> bytes = stackalloc byte[value.Length];
            text.Text(bytes[..Encoding.ASCII.GetBytes(value, bytes)], recurs);
        }

        text.Constant("\""u8);
    }

    private static void Number(EntryText text, ReadOnlySpan<byte> before, ulong? value)
    {
        if (value is { } number)
        {
            text.Constant(before);
            text.Number(number);
        }
    }

    private static void Keys(EntryText text, IReadOnlyList<BlsPublicKey> keys)
    {
        text.Constant(",\"keys\":["u8);
        text.Text(Encoding.ASCII.GetBytes(string.Join(',', keys.Select(key => $"\"{key}\""))));
        text.Constant("]"u8);
    }

    private static void Bytes(EntryText text, ReadOnlySpan<byte> before, ReadOnlySpan<byte> value, bool recurs = false)
    {
        text.Constant(before);
        text.Hex(value, recurs);
        text.Constant("\""u8);
    }
}
