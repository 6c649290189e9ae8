using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Control;

/// <summary>
/// The verbs on an open ledger: of a signer that runs, or of a data directory that nobody serves. Each change is an act, by whoever asks.
/// </summary>
/// <param name="owned">The data directory that was opened for the verb; null: a signer that runs has it.</param>
internal sealed class DirectVerbs(
    KeyVerbs keys,
    ClusterVerbs clusters,
    TlsVerbs tls,
    HistoryVerbs history,
    AuditVerbs audit,
    SealVerbs seal,
    IAsyncDisposable? owned
) : ISignerVerbs
{
    public bool IsRunning => owned is null;

    public Task<KeysImported> ImportKeysAsync(
        IReadOnlyList<IKeystoreSource> keystores,
        Stream? history,
        int memoryMib,
        IProgress<int>? progress,
        CancellationToken cancellation
    ) => keys.ImportAsync(keystores, history, memoryMib, progress, cancellation);

    public Task<ImportOutlook> EvaluateImportAsync(IReadOnlyList<OfferedKey> offered, bool neverSigned, Stream? history) =>
        keys.EvaluateImportAsync(offered, neverSigned, history);

    public Task DeleteKeyAsync(string key) => keys.DeleteAsync(key);

    public Task<IReadOnlyList<KeyLine>> ListKeysAsync() => keys.ListAsync();

    public Task<int> DropCeremonyAsync(string ceremony) => keys.DropAsync(ceremony);

    public Task<ClusterImportLine> ImportClusterAsync(ClusterOrder order, IProgress<int>? progress, CancellationToken cancellation) =>
        clusters.ImportAsync(order, progress, cancellation);

    public Task<ClusterImportLine> BindClusterAsync(ClusterOrder order) => clusters.BindAsync(order);

    public Task<ClusterImportLine> KeepClusterAsync(ClusterOrder order) => clusters.KeepAsync(order);

    public Task<string> RemoveClusterAsync(string hash) => clusters.RemoveAsync(hash);

    public Task<IReadOnlyList<HeldClusterLine>> ListClustersAsync() => clusters.ListAsync();

    public Task<int> CommitClusterAsync(string hash) => clusters.CommitAsync(hash);

    public Task<ClusterReversion> RevertClusterAsync(string hash, bool exactly) => clusters.RevertAsync(hash, exactly);

    public Task<ExportVoided> VoidExportAsync(string hash, bool exactly, string reason) => clusters.VoidExportAsync(hash, exactly, reason);

    public Task<TlsKept> KeepTlsAsync(TlsChange change) => tls.KeepAsync(change);

    public Task<SlashingStatus> SlashingStatusAsync() => history.StatusAsync();

    public Task<IReadOnlyList<PruneLine>> PruneAsync(ulong? keepEpochs) => history.PruneAsync(keepEpochs);

    public Task<long> ExportHistoryAsync(string path, ExportedNames by) => ExportHistoryAsync(path, by, receiver: null);

    /// <param name="receiver">Where it is for, if it does not stay at <paramref name="path"/>.</param>
    public Task<long> ExportHistoryAsync(string path, ExportedNames by, string? receiver) => history.ExportAsync(path, by, receiver);

    public Task<(long First, long Last)> ExportAuditAsync(string path, long? through) => ExportAuditAsync(path, through, receiver: null);

    /// <param name="receiver">Where it is for, if it does not stay at <paramref name="path"/>.</param>
    public Task<(long First, long Last)> ExportAuditAsync(string path, long? through, string? receiver) =>
        audit.ExportAsync(path, through, receiver);

    public Task<AuditLine> VerifyAuditAsync(IReadOnlyList<string> segments, CancellationToken cancellation) =>
        audit.VerifyAsync(segments, cancellation);

    public Task<RegistrationReport> RotateSealAsync(RekeyOrder order) => seal.RotateAsync(order);

    public Task<RekeyLine> RekeySealAsync(RekeyOrder order) => seal.RekeyAsync(order);

    public ValueTask DisposeAsync() => owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}
