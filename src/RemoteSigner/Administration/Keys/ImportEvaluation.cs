using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// What <see cref="ImportShares"/> would meet, found by its own judgements without the vault being opened; nothing is kept, and nothing is
/// in the audit log.
/// </summary>
/// <param name="Refusals">All that stands against the keys, as the import would tell it.</param>
/// <param name="History">What the history said that came along; null where none did.</param>
public sealed record ImportEvaluation(IReadOnlyList<ImportRefusal> Refusals, InterchangeReport? History)
{
    /// <param name="vault">What the vault says of itself: whoever can write its file could have written that.</param>
    /// <exception cref="InterchangeException">The history breaks the format, is for another chain, contradicts what was signed here or
    /// reaches beyond what can have been signed.</exception>
    internal static async Task<ImportEvaluation> OfAsync(
        Proceeding proceeding,
        VaultListing vault,
        IReadOnlyList<VaultListing.Share> offered,
        DeclaredHistory lowWatermark,
        Stream? history
    )
    {
        var held = HeldShares.Of(vault, await proceeding.Slashing.GetKeyStatesAsync());
        var kept = proceeding
            .Library.Read()
            .Documents.Where(one =>
                DocumentAnchor.ReadClaim(proceeding.Library.Archive.ReadAnchor(one.Document.Hash)) is { } claim
                && claim.Content == one.Content
            )
            .Select(one => one.Document);
        var plan = new ImportPlan(
            offered,
            held,
            new OwnShares(null, proceeding.Library.Find),
            HeldSiblings.Of([.. offered.Select(share => share.ShareKey)], held, proceeding.Library, kept),
            new HashSet<BlsPublicKey>()
        );
        var report = await proceeding.Slashing.EvaluateRegistrationAsync(
            new KeyRegistration([.. offered.Select(share => (new ProtectedKey(share.ShareKey, share.GroupKey), lowWatermark))])
            {
                History = history,
                Terms = new ImportTerms(InterchangeReading.LowWatermarksAtLowest)
                {
                    Limit = history is null ? null : proceeding.NewestPossible(),
                },
            }
        );
        var refused = report.Refused.Select(refusal =>
            ImportText.Refusal(offered.First(share => share.ShareKey == refusal.Key.PublicKey), refusal.Reason, report.History)
        );
        List<ImportRefusal> first =
        [
            .. offered.Where(share => held.StateOf(share.ShareKey) == KeyState.Exported).Select(ImportText.Exported),
            .. plan.Refusals,
        ];
        return new ImportEvaluation(
            [.. first, .. refused.Where(refusal => first.TrueForAll(other => other.ShareKey != refusal.ShareKey))],
            report.History
        );
    }
}
