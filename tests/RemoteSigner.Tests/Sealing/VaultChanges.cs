using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Sealing;

/// <summary>Changes to a vault that no ledger remembers, each made at once.</summary>
internal static class VaultChanges
{
    public static void Add(this Vault vault, IReadOnlyCollection<VaultShare> shares) => vault.Exchange([], vault.Seal(shares));

    public static void Remove(this Vault vault, BlsPublicKey share) => vault.Exchange([share], SealedShares.None);

    public static void Exchange(this Vault vault, IReadOnlyCollection<BlsPublicKey> removed, SealedShares added) =>
        vault.Commit(vault.DraftExchange(removed, added));

    public static void Renew(this Vault vault) => vault.Commit(vault.DraftRenewal());

    public static async Task AddSlotAsync(this Vault vault, IKeyEncryptionKey key) =>
        vault.Put(vault.Slots(await vault.WrapAsync(key, CancellationToken.None), removed: null));

    public static async Task PutSlotAsync(this Vault vault, IKeyEncryptionKey key) =>
        vault.Put(vault.Slots(await vault.WrapAsync(key, CancellationToken.None), removed: null, replace: true));

    public static void RemoveSlot(this Vault vault, VaultSlotType type, ReadOnlyMemory<byte> keyId) =>
        vault.Put(vault.Slots(added: null, (type, keyId)));

    public static void Put(this Vault vault, NewRootKey next) => vault.Commit(vault.DraftRootKey(next));

    public static void Put(this Vault vault, IReadOnlyList<VaultSlot> slots) => vault.Commit(vault.DraftSlots(slots));
}
