using System.Buffers;
using System.Text.Json;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration;

/// <summary>
/// An act whose entry is in the audit log and whose effect outside of the ledger may not be there yet. Kept in the ledger between the two,
/// so that after a crash the log can be told which it was.
/// </summary>
/// <param name="Action">The action of its entry.</param>
/// <param name="Effect">How the effect is known when it is there.</param>
internal sealed record PendingAct(string Action, PendingEffect Effect)
{
    /// <summary>Shares that others of the same import take the place of: they are parked when those begin.</summary>
    public IReadOnlyList<BlsPublicKey> Replaced { get; init; } = [];

    /// <summary>Parked shares of the import: they sign again when it is done.</summary>
    public IReadOnlyList<BlsPublicKey> Returning { get; init; } = [];

    /// <summary>Shares that signed without a document beside another of their validator: they are parked, too.</summary>
    public IReadOnlyList<BlsPublicKey> Yielding { get; init; } = [];

    /// <summary>When the parked ones are given up by themselves.</summary>
    public DateTimeOffset? ParkedUntil { get; init; }

    /// <summary>Do keys take turns once it is done?</summary>
    public bool IsTurn => Replaced.Count > 0 || Returning.Count > 0 || Yielding.Count > 0;

    public static byte[] Write(IEnumerable<PendingAct> acts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var act in acts)
        {
            act.Write(json);
        }

        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static IReadOnlyList<PendingAct> Read(byte[] utf8)
    {
        using var document = StrictJson.Open(utf8, maxDepth: 8);
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("action"u8, Action);
        switch (Effect)
        {
            case PendingEffect.VaultGeneration(var generation):
                json.WriteNumber("vaultGeneration"u8, generation);
                break;
            case PendingEffect.FileWritten(var path, var hash):
                json.WriteString("file"u8, path);
                json.WriteString("hash"u8, hash.ToString());
                break;
            case PendingEffect.RecordShown(var record):
                json.WriteString("record"u8, record.ToString());
                break;
            case PendingEffect.HandedOver(var record):
                json.WriteString("handedOver"u8, record.ToString());
                break;
            case PendingEffect.DocumentRemoved(var document):
                json.WriteString("removed"u8, document.ToString());
                break;
            case PendingEffect.Untold(var look):
                json.WriteString("look"u8, look);
                break;
            case PendingEffect.HandedOutAt(var generation, var look):
                json.WriteNumber("renewed"u8, generation);
                json.WriteString("look"u8, look);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        WriteKeys(json, "replaced"u8, Replaced);
        WriteKeys(json, "returning"u8, Returning);
        WriteKeys(json, "yielding"u8, Yielding);
        if (ParkedUntil is { } until)
        {
            json.WriteNumber("parkedUntil"u8, until.ToUnixTimeSeconds());
        }

        json.WriteEndObject();
    }

    private static void WriteKeys(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<BlsPublicKey> keys)
    {
        json.WriteStartArray(name);
        foreach (var key in keys)
        {
            json.WriteStringValue(key.ToString());
        }

        json.WriteEndArray();
    }

    private static PendingAct Read(JsonElement act) =>
        new(Present(act.GetProperty("action").GetString()!), ReadEffect(act))
        {
            Replaced = ReadKeys(act, "replaced"),
            Returning = ReadKeys(act, "returning"),
            Yielding = ReadKeys(act, "yielding"),
            ParkedUntil = act.TryGetProperty("parkedUntil", out var until) ? DateTimeOffset.FromUnixTimeSeconds(until.GetInt64()) : null,
        };

    // Actions about the anchor began with another word before version 7 of the ledger's tables.
    private static string Present(string action) =>
        action.StartsWith("freshness.", StringComparison.Ordinal) ? $"rollback_protection.{action["freshness.".Length..]}" : action;

    // What an earlier version left has not every list.
    private static IReadOnlyList<BlsPublicKey> ReadKeys(JsonElement act, string name) =>
        act.TryGetProperty(name, out var keys) ? [.. keys.EnumerateArray().Select(key => BlsPublicKey.Parse(key.GetString()))] : [];

    private static PendingEffect ReadEffect(JsonElement act) =>
        act.TryGetProperty("vaultGeneration", out var generation) ? new PendingEffect.VaultGeneration(generation.GetUInt64())
        : act.TryGetProperty("renewed", out var renewed)
            ? new PendingEffect.HandedOutAt(renewed.GetUInt64(), act.GetProperty("look").GetString()!)
        : act.TryGetProperty("removed", out var removed) ? new PendingEffect.DocumentRemoved(Root.Parse(removed.GetString()))
        : act.TryGetProperty("look", out var look) ? new PendingEffect.Untold(look.GetString()!)
        : act.TryGetProperty("record", out var record) ? new PendingEffect.RecordShown(Root.Parse(record.GetString()))
        : act.TryGetProperty("handedOver", out var handed) ? new PendingEffect.HandedOver(Root.Parse(handed.GetString()))
        : new PendingEffect.FileWritten(act.GetProperty("file").GetString()!, Root.Parse(act.GetProperty("hash").GetString()));
}

/// <summary>What can be looked at to tell whether an effect is there; a closed choice.</summary>
internal abstract record PendingEffect
{
    private PendingEffect() { }

    /// <summary>What the log is told when the effect is not there.</summary>
    public virtual string WhenMissing => "it had no effect outside of the ledger: its entry stands for nothing more";

    /// <summary>Is the anchor of rollback protection to be looked at? Only acts and starts that are about it do.</summary>
    public virtual bool IsInAnchor => false;

    /// <summary>Is it there, by what an anchor shows?</summary>
    public virtual bool IsDoneAt(RollbackAnchorReading seen) => false;

    /// <summary>The vault has this generation, or a later one.</summary>
    public sealed record VaultGeneration(ulong Generation) : PendingEffect;

    /// <summary>There is this file with this content (SHA-256).</summary>
    public sealed record FileWritten(string Path, Root Hash) : PendingEffect;

    /// <summary>The anchor of rollback protection shows the record with this SHA-256.</summary>
    public sealed record RecordShown(Root Hash) : PendingEffect
    {
        public override string WhenMissing =>
            "the anchor of rollback protection did not take it: 'remote-signer rollback-protection status' shows how it stands";

        public override bool IsInAnchor => true;

        public override bool IsDoneAt(RollbackAnchorReading seen) => FileHash.Of(seen.Record.Span) == Hash;
    }

    /// <summary>The same, and then the ledger follows in the transaction that ends the act: while it is pending it is not done.</summary>
    public sealed record HandedOver(Root Hash) : PendingEffect
    {
        public override string WhenMissing => "the ledger did not follow: 'remote-signer rollback-protection status' shows how it stands";

        public override bool IsInAnchor => true;
    }

    /// <summary>There is no such document in the archive any more, nor what anchors it.</summary>
    public sealed record DocumentRemoved(Root Hash) : PendingEffect;

    /// <summary>
    /// The vault has this generation with the same content as before, which can be made up for, and files were written after that, which
    /// only a look can tell.
    /// </summary>
    public sealed record HandedOutAt(ulong Generation, string Look) : PendingEffect
    {
        public override string WhenMissing => $"whether it had its effect cannot be told from here: {Look}";
    }

    /// <summary>A device has it, and only the device can tell.</summary>
    public sealed record Untold(string Look) : PendingEffect
    {
        public override string WhenMissing => $"whether it had its effect cannot be told from here: {Look}";
    }
}
