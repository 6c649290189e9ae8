namespace RemoteSigner.Host.Configuration;

/// <summary>The slashing history.</summary>
internal sealed class SlashingOptions
{
    /// <summary>Epochs of history kept in full behind each validator's newest; 0 keeps everything.</summary>
    public ulong KeepEpochs { get; set; } = 512;

    /// <summary>Hours between two prunings.</summary>
    public int PruneEveryHours { get; set; } = 12;
}
