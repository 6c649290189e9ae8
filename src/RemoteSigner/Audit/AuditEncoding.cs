using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Audit;

/// <summary>The canonical bytes of an entry: compact JSON, members in one fixed order, those that do not apply left out. The format is in README.md.</summary>
internal static class AuditEncoding
{
    private static readonly JsonWriterOptions Options = new() { Indented = false, SkipValidation = true };

    public static Utf8JsonWriter Writer(IBufferWriter<byte> buffer) => new(buffer, Options);

    public static void Write(Utf8JsonWriter json, long sequence, DateTimeOffset time, AuditEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("seq"u8, sequence);
        Time(json, time);
        json.WriteString("action"u8, entry.Action);
        json.WriteString("decision"u8, Name(entry.Decision));
        Text(json, "request"u8, entry.RequestId);
        Text(json, "client"u8, entry.Client);
        Text(json, "certificate"u8, entry.ClientFingerprint);
        Text(json, "user"u8, entry.User);
        if (entry.ShareKey is { } share)
        {
            Bytes(json, "share"u8, share.Bytes);
        }

        if (entry.GroupKey is { } group)
        {
            Bytes(json, "group"u8, group.Bytes);
        }

        if (entry.Keys.Count > 0)
        {
            Keys(json, entry.Keys);
        }

        if (entry.FileHash is { } file)
        {
            Bytes(json, "file"u8, file.Bytes);
        }

        Number(json, "through"u8, (ulong?)entry.Through);
        if (entry.Head is { } head)
        {
            Bytes(json, "head"u8, head.Bytes);
        }

        Text(json, "duty"u8, entry.Duty?.Name());
        Number(json, "slot"u8, entry.Slot?.Value);
        Number(json, "source"u8, entry.SourceEpoch?.Value);
        Number(json, "target"u8, entry.TargetEpoch?.Value);
        if (entry.SigningRoot is { } root)
        {
            Bytes(json, "root"u8, root.Bytes);
        }

        if (entry.SignedBefore)
        {
            json.WriteBoolean("again"u8, true);
        }

        Text(json, "rule"u8, entry.Rule);
        Number(json, "count"u8, (ulong?)entry.Count);
        Text(json, "detail"u8, entry.Detail);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> Name(AuditDecision decision) => decision switch
    {
        AuditDecision.Granted => "granted"u8,
        AuditDecision.Refused => "refused"u8,
        AuditDecision.Event => "event"u8,
        _ => throw new UnreachableException(),
    };

    /// <summary>UTC to the millisecond, always of one length.</summary>
    private static void Time(Utf8JsonWriter json, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[24];
        _ = time.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        json.WriteString("time"u8, text[..length]);
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Keys(Utf8JsonWriter json, IReadOnlyList<BlsPublicKey> keys)
    {
        json.WriteStartArray("keys"u8);
        foreach (var key in keys)
        {
            json.WriteStringValue(key.ToString());
        }

        json.WriteEndArray();
    }

    private static void Bytes(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[2 + (2 * 48)];
        "0x"u8.CopyTo(text);
        _ = Convert.TryToHexStringLower(value, text[2..], out var length);
        json.WriteString(name, text[..(2 + length)]);
    }
}
