namespace RemoteSigner.Audit;

/// <summary>
/// What the audit log calls what happened. Kept for years and read by others' programs: none may change. The page
/// <c>docs/integrator/codes.md</c> is made of this file.
/// </summary>
public static class AuditActions
{
    /// <summary>
    /// The suffix of an action whose effect outside of the ledger did not follow: <c>key.import.interrupted</c>.
    /// </summary>
    public const string Interrupted = ".interrupted";

    /// <summary>A duty was signed or refused.</summary>
    public const string Sign = "sign";

    /// <summary>A signature was granted, made, found wrong and withheld.</summary>
    public const string SignFault = "sign.fault";

    /// <summary>A signature was granted, and its key was taken out before it was made.</summary>
    public const string SignKeyRemoved = "sign.key_removed";

    /// <summary>The key of an SSV operator signed a message, or was not allowed to.</summary>
    public const string OperatorSign = "operator.sign";

    /// <summary>The key of an SSV operator came in.</summary>
    public const string OperatorImport = "operator.import";

    /// <summary>Shares came in.</summary>
    public const string KeyImport = "key.import";

    /// <summary>Shares that were here were given their place in a cluster.</summary>
    public const string KeyBind = "key.bind";

    /// <summary>A share was taken into another cluster at a person's word.</summary>
    public const string KeyRebind = "key.rebind";

    /// <summary>A share follows the successor of its document.</summary>
    public const string KeyMove = "key.move";

    /// <summary>A share that was parked or exported signs again.</summary>
    public const string KeyReturn = "key.return";

    /// <summary>Keys may sign from here on.</summary>
    public const string KeyActive = "key.active";

    /// <summary>Keys sign no more, because others took their place; they may come back.</summary>
    public const string KeyPark = "key.park";

    /// <summary>Keys are opened: that changes nothing, and has no entry.</summary>
    public const string KeyOpen = "key.open";

    /// <summary>Keys are to be taken out.</summary>
    public const string KeyDelete = "key.delete";

    /// <summary>Keys are out of ledger and vault.</summary>
    public const string KeyRetired = "key.retired";

    /// <summary>A retired key may come in again.</summary>
    public const string KeyEnable = "key.enable";

    /// <summary>Secrets of shares are to be handed out for a ceremony.</summary>
    public const string KeyExport = "key.export";

    /// <summary>They were handed out.</summary>
    public const string KeyExported = "key.exported";

    /// <summary>A person said that no copy of an export is left.</summary>
    public const string KeyExportVoid = "key.export.void";

    /// <summary>Parked shares are given up.</summary>
    public const string ClusterCommit = "cluster.commit";

    /// <summary>Parked shares sign again, and those that took their place are parked.</summary>
    public const string ClusterRevert = "cluster.revert";

    /// <summary>A cluster's document is kept.</summary>
    public const string ClusterDocument = "cluster.document";

    /// <summary>A cluster's document is taken away.</summary>
    public const string ClusterDocumentRemove = "cluster.document.remove";

    /// <summary>Slashing history was imported.</summary>
    public const string SlashingImport = "slashing.import";

    /// <summary>Slashing history was exported.</summary>
    public const string SlashingExport = "slashing.export";

    /// <summary>Old slashing history was dropped.</summary>
    public const string SlashingPrune = "slashing.prune";

    /// <summary>A watermark was set.</summary>
    public const string SlashingWatermark = "slashing.watermark";

    /// <summary>Entries are to be moved into a file.</summary>
    public const string AuditExport = "audit.export";

    /// <summary>Entries were moved into a file; the log goes on from here.</summary>
    public const string AuditCheckpoint = "audit.checkpoint";

    /// <summary>The vault got a slot.</summary>
    public const string SealEnrol = "seal.enrol";

    /// <summary>A slot was replaced by one for a new key.</summary>
    public const string SealRotate = "seal.rotate";

    /// <summary>A slot was replaced with the recovery key.</summary>
    public const string SealRecover = "seal.recover";

    /// <summary>A slot was taken away.</summary>
    public const string SealRemove = "seal.remove";

    /// <summary>The vault got a new root key.</summary>
    public const string SealRekey = "seal.rekey";

    /// <summary>The vault got a slot under this TPM.</summary>
    public const string TpmProvision = "tpm.provision";

    /// <summary>Firmware was approved.</summary>
    public const string TpmApprove = "tpm.approve";

    /// <summary>Approvals of firmware were revoked.</summary>
    public const string TpmRevoke = "tpm.revoke";

    /// <summary>The ledger remembers its vault from here on.</summary>
    public const string VaultRemember = "vault.remember";

    /// <summary>A start, or one that was refused.</summary>
    public const string RollbackProtectionStart = "rollback_protection.start";

    /// <summary>A start that raised low watermarks under all keys.</summary>
    public const string RollbackProtectionLowWatermarks = "rollback_protection.low_watermarks";

    /// <summary>These low watermarks ended, because the history is complete.</summary>
    public const string RollbackProtectionComplete = "rollback_protection.complete";

    /// <summary>Where the fence goes on after the vault's root key was replaced.</summary>
    public const string RollbackProtectionRekey = "rollback_protection.rekey";

    /// <summary>The last entry of a run.</summary>
    public const string RollbackProtectionStop = "rollback_protection.stop";

    /// <summary>A person accepted what rollback protection refused, or ended low watermarks.</summary>
    public const string RollbackProtectionClear = "rollback_protection.clear";

    /// <summary>The fence got an anchor.</summary>
    public const string RollbackProtectionEnrol = "rollback_protection.enrol";

    /// <summary>The fence moved to another anchor.</summary>
    public const string RollbackProtectionMove = "rollback_protection.move";

    /// <summary>The fence left its anchor.</summary>
    public const string RollbackProtectionLeave = "rollback_protection.leave";

    /// <summary>Clients, certificates and keys were read again.</summary>
    public const string Reload = "reload";

    /// <summary>A token for the Keymanager API was made.</summary>
    public const string KeymanagerToken = "keymanager.token";

    /// <summary>Somebody without a certificate that counts was turned away.</summary>
    public const string ClientRefused = "client.refused";

    /// <summary>A certificate was issued.</summary>
    public const string TlsIssue = "tls.issue";

    /// <summary>A certificate was renewed.</summary>
    public const string TlsRenew = "tls.renew";

    /// <summary>A certificate was revoked.</summary>
    public const string TlsRevoke = "tls.revoke";

    /// <summary>Evidence of this machine is asked for.</summary>
    public const string Attestation = "attestation";

    /// <summary>A challenge to this TPM's attestation key is to be answered.</summary>
    public const string AttestationCredential = "attestation.credential";

    /// <summary>The system clock came into doubt, or that ended.</summary>
    public const string ClockDoubt = "clock.doubt";
}
