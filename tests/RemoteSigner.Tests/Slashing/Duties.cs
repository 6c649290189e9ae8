using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;

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
        Span<byte> bytes = stackalloc byte[Consensus.Spec.Root.Length];
        BitConverter.TryWriteBytes(bytes, number);
        return new Root(bytes);
    }

    public static SlashableContent Block(ulong slot) => new SlashableContent.Block(new Slot(slot));

    public static SlashableContent Vote(ulong source, ulong target) => new SlashableContent.Attestation(new Epoch(source), new Epoch(target), new Slot(0));

    public static SlashingRule? RuleOf(PermitDecision decision) => (decision as PermitDecision.Refused)?.Rule;
}
