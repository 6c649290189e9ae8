using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Control;

/// <summary>
/// What the console asks of a signer, whether one runs or its files are opened: the results are what is printed. A refusal is an exception
/// that <see cref="FaultHints"/> explains.
/// </summary>
internal interface ISignerVerbs : IAsyncDisposable
{
    /// <summary>Does it sign meanwhile?</summary>
    bool IsRunning { get; }

    /// <summary>Opens the keystores and seals their shares; all of them or none.</summary>
    /// <param name="history">EIP-3076 interchange file; null: they never signed.</param>
    /// <param name="memoryMib">For opening keystores; a running signer lends what signer.json says.</param>
    Task<KeysImported> ImportKeysAsync(
        IReadOnlyList<IKeystoreSource> keystores,
        Stream? history,
        int memoryMib,
        IProgress<int>? progress,
        CancellationToken cancellation
    );

    /// <summary>What an import of these keys would meet; nothing is opened, and nothing kept.</summary>
    /// <param name="neverSigned">Is that stated of them? Else <paramref name="history"/> tells, or nobody.</param>
    Task<ImportOutlook> EvaluateImportAsync(IReadOnlyList<OfferedKey> keys, bool neverSigned, Stream? history);

    Task DeleteKeyAsync(string key);

    /// <summary>
    /// Verifies a cluster's document, and seals our shares of it; all of them or none. A running signer reads the files itself.
    /// </summary>
    Task<ClusterImportLine> ImportClusterAsync(ClusterOrder order, IProgress<int>? progress, CancellationToken cancellation);

    /// <summary>
    /// Verifies a cluster's document, and tells shares that are here already where they belong. A running signer reads the files itself.
    /// </summary>
    Task<ClusterImportLine> BindClusterAsync(ClusterOrder order);

    /// <summary>The same, and keeps the document also where no share of it is here.</summary>
    Task<ClusterImportLine> KeepClusterAsync(ClusterOrder order);

    /// <summary>Takes a document away that no share is a member of; its hash.</summary>
    Task<string> RemoveClusterAsync(string hash);

    /// <summary>Every document, and what is here of it.</summary>
    Task<IReadOnlyList<HeldClusterLine>> ListClustersAsync();

    /// <summary>Gives up the parked shares of the cluster of this document; how many.</summary>
    Task<int> CommitClusterAsync(string hash);

    /// <summary>Lets the parked shares of the cluster of this document sign again, in place of those that took theirs.</summary>
    /// <param name="exactly">That very document is to be in force afterwards.</param>
    Task<ClusterReversion> RevertClusterAsync(string hash, bool exactly);

    /// <summary>Takes an export of the shares of this document's cluster back, at the word of a person that no copy is left.</summary>
    /// <param name="exactly">That of this very document.</param>
    Task<ExportVoided> VoidExportAsync(string hash, bool exactly, string reason);

    /// <summary>Every share in the vault.</summary>
    Task<IReadOnlyList<KeyLine>> ListKeysAsync();

    /// <summary>Takes the shares of a push out that wait for a document; how many.</summary>
    Task<int> DropCeremonyAsync(string ceremony);

    /// <summary>Keeps what the authority made, and has a running signer go by it.</summary>
    Task<TlsKept> KeepTlsAsync(TlsChange change);

    Task<SlashingStatus> SlashingStatusAsync();

    /// <summary>Prunes to so many epochs, or to signer.json's.</summary>
    Task<IReadOnlyList<PruneLine>> PruneAsync(ulong? keepEpochs);

    /// <summary>Writes the history to an absolute path; of how many keys.</summary>
    Task<long> ExportHistoryAsync(string path, ExportedNames by);

    /// <summary>Writes a segment of the audit log to an absolute path; its first and last entry.</summary>
    Task<(long First, long Last)> ExportAuditAsync(string path, long? through);

    /// <param name="segments">Absolute paths of exported files.</param>
    Task<AuditLine> VerifyAuditAsync(IReadOnlyList<string> segments, CancellationToken cancellation);

    /// <summary>Seals under a new key in the token and another root key.</summary>
    Task<RegistrationReport> RotateSealAsync(RekeyOrder order);

    /// <summary>Another root key for the vault.</summary>
    Task<RekeyLine> RekeySealAsync(RekeyOrder order);
}
