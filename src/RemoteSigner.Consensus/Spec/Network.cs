namespace RemoteSigner.Consensus.Spec;

/// <summary>What a signer has to know of its chain: the preset's sizes, the fork schedule, and genesis.</summary>
public sealed record Network
{
    public required string Name { get; init; }

    /// <summary>Unix seconds; null where the operator gave none.</summary>
    public ulong? GenesisTime { get; init; }

    /// <summary>Null where it is not known beforehand: it is pinned at first use then.</summary>
    public Root? GenesisValidatorsRoot { get; init; }

    public required ulong SecondsPerSlot { get; init; }

    public required ulong SlotsPerEpoch { get; init; }

    public Epoch EpochOf(Slot slot) => new(slot.Value / SlotsPerEpoch);
}
