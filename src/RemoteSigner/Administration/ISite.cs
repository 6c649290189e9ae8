using RemoteSigner.Keys;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration;

/// <summary>Where acts happen: the signer that serves a data directory, or a command on one that nobody serves.</summary>
public interface ISite
{
    /// <summary>
    /// Opens the vault, by one hardware operation; <see cref="Administrator"/> alone asks for it. The caller disposes it.
    /// </summary>
    /// <exception cref="VaultException">It does not open, or is older than the ledger or the anchor knows it.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    Task<Vault> OpenNewestVaultAsync();

    /// <summary>
    /// Makes the place where the fence will go on once the vault has this root key: what a device may refuse is known before anything is
    /// changed.
    /// </summary>
    /// <exception cref="RollbackAnchorException">The anchor of rollback protection failed.</exception>
    /// <exception cref="SealingDeviceException">A device failed.</exception>
    Task PrepareFenceAsync(Vault vault, NewRootKey next);

    /// <summary>The vault did not get this root key: takes away what <see cref="PrepareFenceAsync"/> made for it.</summary>
    /// <exception cref="RollbackAnchorException">The anchor of rollback protection failed.</exception>
    /// <exception cref="SealingDeviceException">A device failed.</exception>
    Task AbandonFenceAsync(Vault vault, NewRootKey next) => Task.CompletedTask;

    /// <summary>
    /// The fence goes on under keys of the vault's present root key; done again it does nothing. False where a person has to judge first
    /// how the fence of the former root key stands.
    /// </summary>
    /// <exception cref="RollbackAnchorException">The anchor of rollback protection failed.</exception>
    /// <exception cref="SealingDeviceException">A device failed.</exception>
    Task<bool> HandFenceOverAsync(Vault vault);

    /// <summary>
    /// Why this ledger and this vault must not change each other: one of the two was put back, or nobody knows. Null where nothing says so.
    /// Known once the vault was opened.
    /// </summary>
    RollbackRefusal? Refusal { get; }

    /// <summary>
    /// After an act, also after one that failed on its way: the open keys are those that vault and ledger agree on, and fence and anchor
    /// know of what changed. What cannot be told now is told later; it throws nothing.
    /// </summary>
    /// <param name="vault">The vault, if the act opened it.</param>
    /// <param name="held">What vault and ledger held when it was asked last, to be followed and kept.</param>
    /// <param name="history">History came in.</param>
    Task SettleAsync(Vault? vault, HeldShares held, bool history);

    /// <summary>Says something aloud that is neither an error nor the act's result.</summary>
    void Tell(string message);
}
