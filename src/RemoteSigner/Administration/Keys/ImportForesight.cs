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
public sealed record ImportForesight(IReadOnlyList<IntakeRefusal> Refusals, InterchangeReport? History)
{
    /// <param name="vault">What the vault says of itself: whoever can write its file could have written that.</param>
    /// <exception cref="InterchangeException">The history breaks the format, is for another chain, contradicts what was signed here or
    /// reaches beyond what can have been signed.</exception>
    internal static async Task<ImportForesight> OfAsync(
        Proceeding proceeding,
        VaultListing vault,
        IReadOnlyList<VaultListing.Share> offered,
        SlashingFloor floor,
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
        var plan = new IntakePlan(
            offered,
            held,
            new HeldPlaces(null, proceeding.Library.Find),
            HeldSiblings.Of([.. offered.Select(share => share.ShareKey)], held, proceeding.Library, kept),
            new HashSet<BlsPublicKey>()
        );
        var report = await proceeding.Slashing.ForeseeEnrolmentAsync(
            new KeyEnrolment([.. offered.Select(share => (new ProtectedKey(share.ShareKey, share.GroupKey), floor))])
            {
                History = history,
                Terms = new ImportTerms(InterchangeReading.FloorsAtLowest) { Limit = history is null ? null : proceeding.NewestPossible() },
            }
        );
        var refused = report.Refused.Select(refusal =>
            IntakeText.Refusal(offered.First(share => share.ShareKey == refusal.Key.PublicKey), refusal.Reason, report.History)
        );
        List<IntakeRefusal> first =
        [
            .. offered.Where(share => held.StateOf(share.ShareKey) == KeyState.Exported).Select(IntakeText.Exported),
            .. plan.Refusals,
        ];
        return new ImportForesight(
            [.. first, .. refused.Where(refusal => first.TrueForAll(other => other.ShareKey != refusal.ShareKey))],
            report.History
        );
    }
}
