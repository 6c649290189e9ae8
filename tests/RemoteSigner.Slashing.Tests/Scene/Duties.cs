using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing;

/// <summary>Short words for the keys, roots and duties of slashing tests.</summary>
internal static class Duties
{
    public static BlsPublicKey PublicKey(int number)
    {
        Span<byte> bytes = stackalloc byte[BlsPublicKey.Length];
        bytes.Fill((byte)number);
        bytes[0] = (byte)(number >> 8);
        return new BlsPublicKey(bytes);
    }

    public static ProtectedKey Key(int number, int? group = null) => new(PublicKey(number), group is { } g ? PublicKey(g) : null);

    public static Root Root(int number)
    {
        Span<byte> bytes = stackalloc byte[RemoteSigner.Spec.Root.Length];
        BitConverter.TryWriteBytes(bytes, number);
        return new Root(bytes);
    }

    public static SlashableContent Block(ulong slot) => new SlashableContent.Block(new Slot(slot));

    public static SlashableContent Vote(ulong source, ulong target) =>
        new SlashableContent.Attestation(new Epoch(source), new Epoch(target), new Slot(0));

    /// <summary>
    /// A real message with this content, for the chain of <see cref="TemporarySigner.Minimal"/> unless another is given.
    /// <paramref name="label"/> tells messages of the same content apart: it is the head that a vote is for, the parent of a block, the
    /// epoch of a randao reveal. The signing root follows from all of it, as everywhere.
    /// </summary>
    public static RootedMessage Message(SlashableContent content, Root label, Root? chain = null)
    {
        var fork = new ForkInfo(default, default, default, chain ?? TemporarySigner.Minimal.GenesisValidatorsRoot!.Value);
        SignableMessage message = content switch
        {
            SlashableContent.Block(var slot) => new Block(slot, 0, label, default, new BlockBody.RootOnly(default), fork),
            SlashableContent.Attestation(var source, var target, var slot) => new Attestation(
                new AttestationData(slot, 0, label, new Checkpoint(source, default), new Checkpoint(target, default)),
                fork
            ),
            _ => new RandaoReveal(new Epoch(BitConverter.ToUInt64(label.Bytes)), fork),
        };
        return message.WithRoot(TemporarySigner.Minimal);
    }

    public static SlashingRule? RuleOf(PermitDecision decision) => (decision as PermitDecision.Refused)?.Rule;
}
