using System.Buffers.Binary;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// What an SSV node has its operator key sign: an <c>SSVMessage</c> in SSZ, understood far enough to say for whom it is and what it does.
/// MsgType (8) ‖ MsgID (56: domain 4, role 4, who performs the duty 48) ‖ offset ‖ Data; numbers little-endian (ssv-spec,
/// types/messages.go).
/// </summary>
public sealed record SsvMessage(SsvDomain Domain, SsvRole Role, SsvMessageKind Kind)
{
    private const int IdentifierAt = 8;
    private const int IdentifierLength = 56;
    private const int OffsetAt = IdentifierAt + IdentifierLength;
    private const int DataAt = OffsetAt + 4;
    private const int ExecutorLength = 48;

    // ssv-spec: at most 726,932 bytes of data.
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The validator whose duty it is; null where the whole committee performs it.</summary>
    public BlsPublicKey? Validator { get; private init; }

    /// <summary>The committee whose duty it is: SHA-256 of its operators' ids; null where it is one validator's.</summary>
    public Root? Committee { get; private init; }

    /// <summary>
    /// The operator that a message of partial signatures says it is from; null in a message of the consensus, which does not say.
    /// </summary>
    public ulong? Signer { get; private init; }

    /// <summary>In words, without the keys: <c>consensus, committee 0x…</c>.</summary>
    public string Words =>
        $"{(Kind == SsvMessageKind.Consensus ? "consensus" : "partial signatures")}, "
        + $"{(Committee is { } committee ? $"committee {committee}" : Role.Name())}";

    /// <summary>Reads the bytes that are to be signed; null when they are no such message, whatever else they are.</summary>
    public static SsvMessage? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is <= DataAt or > MaxBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes[OffsetAt..]) != DataAt)
        {
            return null;
        }

        var identifier = bytes.Slice(IdentifierAt, IdentifierLength);
        var data = bytes[DataAt..];
        var message = BinaryPrimitives.ReadUInt64LittleEndian(bytes) switch
        {
            0 => QbftMessage.IsOf(identifier, data) ? new SsvMessage(default, default, SsvMessageKind.Consensus) : null,
            1 => PartialSignatures.SignerOf(data) is { } signer
                ? new SsvMessage(default, default, SsvMessageKind.PartialSignatures) { Signer = signer }
                : null,
            _ => null,
        };
        return message?.For(identifier);
    }

    /// <summary>The name of a committee: its operators' ids in rising order, 4 bytes each.</summary>
    public static Root CommitteeOf(IEnumerable<ulong> operators)
    {
        var ids = operators.Order().ToArray();
        var bytes = new byte[ids.Length * 4];
        for (var i = 0; i < ids.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), unchecked((uint)ids[i]));
        }

        return new Root(System.Security.Cryptography.SHA256.HashData(bytes));
    }

    private SsvMessage? For(ReadOnlySpan<byte> identifier)
    {
        var role = (SsvRole)BinaryPrimitives.ReadInt32LittleEndian(identifier[SsvDomain.Length..]);
        var executor = identifier[^ExecutorLength..];
        if (!Enum.IsDefined(role))
        {
            return null;
        }

        var message = this with { Domain = new SsvDomain(BinaryPrimitives.ReadUInt32BigEndian(identifier)), Role = role };
        if (role is not (SsvRole.Committee or SsvRole.AggregatorCommittee))
        {
            return message with { Validator = new BlsPublicKey(executor) };
        }

        // 32 bytes at the end of 48.
        return executor[..^Root.Length].ContainsAnyExcept((byte)0) ? null : message with { Committee = new Root(executor[^Root.Length..]) };
    }
}
