using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Seals;

/// <summary>What is to become of a vault's slots; those that are not named stay.</summary>
/// <param name="Gone">Slots that end.</param>
/// <param name="AddAsync">Makes the key that gets a slot, once it is known that the others can stay; null where none does.</param>
/// <param name="Reach">Where trust is taken away, what wraps another root key for the slots that stay; null where somebody is trusted in
/// addition, under the root key that there is.</param>
public sealed record SlotPlan(
    IReadOnlyCollection<VaultSlot> Gone,
    Func<CancellationToken, Task<IKeyEncryptionKey>>? AddAsync,
    SlotReach? Reach
);
