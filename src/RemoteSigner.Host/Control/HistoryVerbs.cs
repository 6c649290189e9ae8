using RemoteSigner.Administration;
using RemoteSigner.Administration.History;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Control;

/// <summary>What is known of what was signed with each key, and how long: <c>slashing status</c>, <c>prune</c> and <c>export</c>.</summary>
internal sealed class HistoryVerbs(Administrator administrator, Actor actor, SlashingProtection slashing, SignerOptions options)
{
    public async Task<SlashingStatus> StatusAsync()
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

    /// <param name="receiver">Where it is for, if it does not stay at <paramref name="path"/>.</param>
    public async Task<long> ExportAsync(string path, ExportedNames by, string? receiver) =>
        await administrator.ExecuteAsync(new ExportHistory(path, by, receiver), actor);
}
