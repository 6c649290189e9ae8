namespace RemoteSigner.Spec;

/// <summary>What EIP-3076 compares of a message; a closed choice.</summary>
public abstract record SlashableContent
{
    private SlashableContent() { }

    /// <summary>Signing twice is harmless: nothing is remembered.</summary>
    public sealed record None : SlashableContent
    {
        public static None Instance { get; } = new();
    }

    /// <summary>A block proposal: one root for a slot.</summary>
    public sealed record Block(Slot Slot) : SlashableContent;

    /// <summary>A vote from <paramref name="Source"/> to <paramref name="Target"/> cast in <paramref name="Slot"/>.</summary>
    public sealed record Attestation(Epoch Source, Epoch Target, Slot Slot) : SlashableContent;
}
