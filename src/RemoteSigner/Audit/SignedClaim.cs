using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Audit;

/// <summary>What one stored entry says about slashing protection; read back from its canonical bytes.</summary>
internal sealed record SignedClaim
{
    public long Sequence { get; private set; }

    public string? Action { get; private set; }

    public bool Granted { get; private set; }

    public string? Duty { get; private set; }

    public BlsPublicKey? ShareKey { get; private set; }

    /// <summary>As it was asked for: a refused one may be of any size.</summary>
    public ulong? Slot { get; private set; }

    public ulong? Source { get; private set; }

    public ulong? Target { get; private set; }

    public Root? Root { get; private set; }

    public long? Through { get; private set; }

    public Root? Head { get; private set; }

    /// <summary>A granted block proposal: there must be a record of it.</summary>
    public bool IsBlock => Granted && Duty == DutyType.Block.Name();

    /// <summary>A granted vote: there must be a record of it.</summary>
    public bool IsAttestation => Granted && Duty == DutyType.Attestation.Name();

    /// <exception cref="JsonException">Not the JSON of an entry.</exception>
    /// <exception cref="FormatException">A key, root or number is malformed.</exception>
    public static SignedClaim Read(ReadOnlySpan<byte> entry)
    {
        var claim = new SignedClaim();
        var json = new Utf8JsonReader(entry);
        _ = json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            _ = json.Read();
            claim.Take(name, ref json);
        }

        return claim;
    }

    private void Take(string? name, ref Utf8JsonReader json)
    {
        switch (name)
        {
            case "seq":
                Sequence = json.GetInt64();
                break;
            case "action":
                Action = json.GetString();
                break;
            case "through":
                Through = json.GetInt64();
                break;
            case "head":
                Head = Spec.Root.Parse(json.GetString());
                break;
            case "decision":
                Granted = json.ValueTextEquals("granted"u8);
                break;
            case "duty":
                Duty = json.GetString();
                break;
            case "share":
                ShareKey = BlsPublicKey.Parse(json.GetString());
                break;
            case "slot":
                Slot = json.GetUInt64();
                break;
            case "source":
                Source = json.GetUInt64();
                break;
            case "target":
                Target = json.GetUInt64();
                break;
            case "root":
                Root = RemoteSigner.Spec.Root.Parse(json.GetString());
                break;
            default:
                json.Skip();
                break;
        }
    }
}
