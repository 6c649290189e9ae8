using RemoteSigner.Administration;
using RemoteSigner.Administration.History;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Audit;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Control;

/// <summary>
/// The verbs on an open ledger: of a signer that runs, or of a data directory that nobody serves. Each change is an act, by whoever asks.
/// </summary>
/// <param name="keys">The vault and its hardware, whose PIN may be read with the first use.</param>
/// <param name="openBy">Says what opens the vault, where it need not be the device that signer.json names.</param>
internal sealed class DirectVerbs(
    bool isRunning,
    Administrator administrator,
    Actor actor,
    Ledger ledger,
    SlashingProtection slashing,
    SignerOptions options,
    SecretArena arena,
    Func<SealedKeys> keys,
    Action<IKeyEncryptionKey> openBy,
    IAsyncDisposable? owned
) : ISignerVerbs
{
    public bool IsRunning => isRunning;

    /// <summary>The vault's file, to be listed unopened.</summary>
    public required string VaultFile { get; init; }

    public required ClusterVerbs Clusters { get; init; }

    public required KeyVerbs Keys { get; init; }

    public required TlsVerbs Tls { get; init; }

    public async Task<KeysImported> ImportKeysAsync(
        IReadOnlyList<IKeystoreSource> keystores,
        Stream? history,
        int memoryMib,
        IProgress<int>? progress,
        CancellationToken cancellation
    )
    {
        var imported = await KeystoreImport.DecryptAllAsync(
            keystores,
            arena,
            isRunning ? DerivationLoan.BesideDuties(memoryMib) : DerivationLoan.OfAll(memoryMib),
            progress,
            cancellation
        );
        try
        {
            var done = await administrator.ExecuteAsync(
                new ImportShares(
                    new ImportRequest(
                        [.. imported.Select(key => new VaultShare(key.PublicKey, null, null, key.Label, key.Secret))],
                        history is null ? DeclaredHistory.NeverSigned : DeclaredHistory.FromHistory
                    )
                    {
                        History = history,
                    }
                ),
                actor,
                cancellation
            );
            return new KeysImported(imported.Count, done.History?.WithoutList ?? 0);
        }
        finally
        {
            foreach (var key in imported)
            {
                key.Dispose();
            }
        }
    }

    public async Task<ImportOutlook> EvaluateImportAsync(IReadOnlyList<OfferedKey> keys, bool neverSigned, Stream? history)
    {
        List<VaultListing.Share> offered =
        [
            .. keys.Select(key => new VaultListing.Share(ReadKey(key.PublicKey), null, null, KeyLabel.Of(key.Label))),
        ];
        return ImportOutlook.Of(
            offered,
            await administrator.EvaluateImportAsync(
                Vault.List(VaultFile),
                offered,
                neverSigned ? DeclaredHistory.NeverSigned : DeclaredHistory.FromHistory,
                history
            )
        );
    }

    public async Task DeleteKeyAsync(string key)
    {
        var share = ReadKey(key);
        if ((await administrator.ExecuteAsync(new DeleteShares([share], KeyEnd.Retired), actor))[0] != DeletedShare.Deleted)
        {
            throw new VerbException(
                $"{key} is not a key that may sign here; nothing was changed",
                "'remote-signer keys list' shows what is in the vault, 'remote-signer slashing status' the state of every key"
            );
        }
    }

    public Task<ClusterImportLine> ImportClusterAsync(ClusterOrder order, IProgress<int>? progress, CancellationToken cancellation) =>
        Clusters.ImportAsync(order, progress, cancellation);

    public Task<ClusterImportLine> BindClusterAsync(ClusterOrder order) => Clusters.BindAsync(order);

    public Task<ClusterImportLine> KeepClusterAsync(ClusterOrder order) => Clusters.KeepAsync(order);

    public Task<string> RemoveClusterAsync(string hash) => Clusters.RemoveAsync(hash);

    public Task<IReadOnlyList<HeldClusterLine>> ListClustersAsync() => Clusters.ListAsync();

    public Task<int> CommitClusterAsync(string hash) => Clusters.CommitAsync(hash);

    public Task<ClusterReversion> RevertClusterAsync(string hash, bool exactly) => Clusters.RevertAsync(hash, exactly);

    public Task<ExportVoided> VoidExportAsync(string hash, bool exactly, string reason) => Clusters.VoidExportAsync(hash, exactly, reason);

    public Task<IReadOnlyList<KeyLine>> ListKeysAsync() => Keys.ListAsync();

    public Task<int> DropCeremonyAsync(string ceremony) => Keys.DropAsync(ceremony);

    public Task<TlsKept> KeepTlsAsync(TlsChange change) => Tls.KeepAsync(change);

    public async Task<SlashingStatus> SlashingStatusAsync()
    {
        var high = await slashing.GetHighWatermarkAsync();
        return new SlashingStatus(
            [
                .. (await slashing.StatusAsync()).Select(status => new ValidatorLine(
                    [.. status.Keys.Select(key => key.PublicKey.ToString())],
                    [
                        .. status
                            .Keys.Where(key => !key.IsGroupKey)
                            .Select(key => new ValidatorKeyLine(key.PublicKey.ToString(), key.State.Code())),
                    ],
                    status.Blocks,
                    status.NewestSlot?.ToString(),
                    status.LowestSlot?.ToString(),
                    status.Attestations,
                    status.NewestSource?.ToString(),
                    status.NewestTarget?.ToString(),
                    status.LowestSource?.ToString(),
                    status.LowestTarget?.ToString()
                )),
            ],
            high is null ? null : $"high watermark: signing stops at slot {high.Slot} and epoch {high.Epoch}"
        );
    }

    public async Task<IReadOnlyList<PruneLine>> PruneAsync(ulong? keepEpochs)
    {
        var report = await administrator.ExecuteAsync(new PruneHistory(keepEpochs ?? options.Slashing.KeepEpochs), actor);
        return
        [
            .. report.Validators.Select(line => new PruneLine(
                [.. line.Keys.Select(key => key.ToString())],
                line.BlocksDropped,
                line.AttestationsDropped,
                line.Failure?.Message
            )),
        ];
    }

    public Task<long> ExportHistoryAsync(string path, ExportedNames by) => ExportHistoryAsync(path, by, receiver: null);

    /// <param name="receiver">Where it is for, if it does not stay at <paramref name="path"/>.</param>
    public async Task<long> ExportHistoryAsync(string path, ExportedNames by, string? receiver) =>
        await administrator.ExecuteAsync(new ExportHistory(path, by, receiver), actor);

    public Task<(long First, long Last)> ExportAuditAsync(string path, long? through) => ExportAuditAsync(path, through, receiver: null);

    /// <param name="receiver">Where it is for, if it does not stay at <paramref name="path"/>.</param>
    public async Task<(long First, long Last)> ExportAuditAsync(string path, long? through, string? receiver)
    {
        var segment = await administrator.ExecuteAsync(new ExportAudit(path, through, receiver), actor);
        return (segment.First, segment.Last);
    }

    public async Task<AuditLine> VerifyAuditAsync(IReadOnlyList<string> segments, CancellationToken cancellation) =>
        await AuditVerifier.VerifyAsync(ledger, segments, cancellation) switch
        {
            AuditVerification.Intact(var head, var records, var unmatched) => new AuditLine(
                true,
                head.Sequence,
                records,
                Convert.ToHexStringLower(head.Hash.AsSpan()),
                null,
                unmatched
            ),
            AuditVerification.Broken(var sequence, var problem) => new AuditLine(false, sequence, 0, null, problem, 0),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public async Task<RegistrationReport> RotateSealAsync(RekeyOrder order)
    {
        if (options.SealsWithTpm)
        {
            throw new VerbException(
                "seal.profile in signer.json is tpm, and this command makes a key in a token",
                "for the TPM there is 'remote-signer tpm provision'; for a token, name it "
                    + "in signer.json first: the vault still opens by the TPM"
            );
        }

        var present = await keys().FindKeyForChangeAsync();
        using var owner = present as IDisposable;
        openBy(present);
        using var reach = new OpenReach(keys(), options, [present], order, arena);
        return await administrator.ExecuteAsync(
            AddTokenSlot.InPlaceOf(present, keys().Hardware.Token, options.Seal.Key, reach.Slots, TimeProvider.System),
            actor
        );
    }

    public async Task<RekeyLine> RekeySealAsync(RekeyOrder order)
    {
        var present = await keys().FindKeyForChangeAsync();
        using var owner = present as IDisposable;
        openBy(present);
        using var reach = new OpenReach(keys(), options, [present], order, arena);
        var vault = await administrator.ExecuteAsync(new Rekey(reach.Slots), actor);
        return new RekeyLine(
            vault.VaultId.ToString(),
            vault.Generation,
            vault.Epoch,
            vault.Shares.Count,
            [.. vault.Slots.Select(slot => new RekeyedSlot(slot.Type.Name(), slot.KeyIdText, slot.Label))]
        );
    }

    public ValueTask DisposeAsync() => owned?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static BlsPublicKey ReadKey(string text) =>
        BlsPublicKey.TryParse(text, out var key)
            ? key
            : throw new VerbException($"'{text}' is not a public key", "48 bytes in hex, as 'remote-signer keys list' shows it");
}
