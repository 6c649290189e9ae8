using System.Buffers;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration;

/// <summary>
/// An act whose entry is in the audit log and whose effect outside of the ledger may not be there yet. Kept in the ledger between the two, so that after a crash the log can be told which it was.
/// </summary>
/// <param name="Action">The action of its entry.</param>
/// <param name="Effect">How the effect is known when it is there.</param>
internal sealed record PendingAct(string Action, PendingEffect Effect)
{
    /// <summary>Shares that others of the same import take the place of: they end when those begin.</summary>
    public IReadOnlyList<BlsPublicKey> Replaced { get; init; } = [];

    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
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
            case PendingEffect.Untold(var look):
                json.WriteString("look"u8, look);
                break;
        }

        json.WriteStartArray("replaced"u8);
        foreach (var key in Replaced)
        {
            json.WriteStringValue(key.ToString());
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static PendingAct Read(byte[] utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        var root = document.RootElement;
        return new PendingAct(
            root.GetProperty("action").GetString()!,
            root.TryGetProperty("vaultGeneration", out var generation) ? new PendingEffect.VaultGeneration(generation.GetUInt64())
                : root.TryGetProperty("look", out var look) ? new PendingEffect.Untold(look.GetString()!)
                : new PendingEffect.FileWritten(root.GetProperty("file").GetString()!, Root.Parse(root.GetProperty("hash").GetString())))
        {
            Replaced = [.. root.GetProperty("replaced").EnumerateArray().Select(key => BlsPublicKey.Parse(key.GetString()))],
        };
    }
}

/// <summary>What can be looked at to tell whether an effect is there; a closed choice.</summary>
internal abstract record PendingEffect
{
    private PendingEffect()
    {
    }

    /// <summary>What the log is told when the effect is not there.</summary>
    public virtual string WhenMissing => "it had no effect outside of the ledger: its entry stands for nothing more";

    /// <summary>The vault has this generation, or a later one.</summary>
    public sealed record VaultGeneration(ulong Generation) : PendingEffect;

    /// <summary>There is this file with this content (SHA-256).</summary>
    public sealed record FileWritten(string Path, Root Hash) : PendingEffect;

    /// <summary>A device has it, and only the device can tell.</summary>
    public sealed record Untold(string Look) : PendingEffect
    {
        public override string WhenMissing => $"whether it had its effect cannot be told from here: {Look}";
    }
}
