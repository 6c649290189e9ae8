using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Takes the staged records of an interchange file over into the histories of their validators. A history without low watermarks gets the
/// lowest numbers of the file; low watermarks that exist never fall, and rise as the reading says or to cover what does not fit above them.
/// </summary>
internal static class InterchangeImport
{
    /// <summary>Beyond so many keys all votes are gathered at once.</summary>
    public const int KeysGatheredOneByOne = 64;

    /// <exception cref="InterchangeContradictionException">The file contradicts what was signed here.</exception>
    /// <exception cref="InterchangeFutureException">It has something that lies beyond the limit.</exception>
    public static InterchangeReport Take(LedgerTransaction transaction, StagedFile file, ImportTerms terms)
    {
        var named = InterchangeStage.Keys(transaction);
        var spokenFor = terms.Only is { } only ? named.FindAll(told => only.Contains(told.Key)) : named;
        if (terms.Limit is { } limit)
        {
            spokenFor.ForEach(told => RequireWithin(told.Key, told.Numbers, limit));
        }

        Gather(transaction, spokenFor.ConvertAll(told => told.Key));
        spokenFor.ForEach(told => InterchangeContradiction.Throw(transaction, told.Key));
        return new InterchangeReport(
            file.GenesisValidatorsRoot,
            file.Hash,
            spokenFor.ConvertAll(told => Take(transaction, told.Key, told.Numbers, terms.Reading)),
            named.Count - spokenFor.Count,
            file.WithoutList
        );
    }

    // What was signed here must lie by validator before a file is held against it. One push is about some keys, a moved signer about all.
    private static void Gather(LedgerTransaction transaction, List<BlsPublicKey> keys)
    {
        if (keys.Count > KeysGatheredOneByOne)
        {
            RecentVotes.GatherAll(transaction);
            return;
        }

        foreach (var key in keys)
        {
            if (KeyTable.Find(transaction, key) is var (validator, _, _))
            {
                RecentVotes.Gather(transaction, validator);
            }
        }
    }

    private static void RequireWithin(BlsPublicKey key, InterchangeNumbers told, HistoryLimit limit)
    {
        if (told.NewestSlot is { } s && (ulong)s > limit.Slot.Value)
        {
            throw new InterchangeFutureException(key, "signed_blocks", $"slot {s}", $"slot {limit.Slot}");
        }

        if (told.NewestEpoch is { } e && (ulong)e > limit.Epoch.Value)
        {
            throw new InterchangeFutureException(key, "signed_attestations", $"epoch {e}", $"epoch {limit.Epoch}");
        }
    }

    private static InterchangeReport.Line Take(
        LedgerTransaction transaction,
        BlsPublicKey key,
        InterchangeNumbers told,
        InterchangeReading reading
    )
    {
        var validator = KeyTable.FindOrAdd(transaction, key);
        var (blocks, attestations) = StagedHistory.TakeOver(transaction, key, validator);
        HistoryLowWatermarks.Start(transaction, validator, told.LowestSlot, told.LowestSource, told.LowestTarget);

        // A vote whose source is after its target is no record to compare with: low watermarks at its epochs refuse all that it could be
        // slashed with.
        var (slot, source, target) = ((long?)null, told.NewestImpossibleSource, told.NewestImpossibleTarget);
        if (reading == InterchangeReading.LowWatermarksAtLowest)
        {
            (slot, source, target) = (
                told.LowestSlot,
                InterchangeNumbers.Higher(source, told.LowestSource),
                InterchangeNumbers.Higher(target, told.LowestTarget)
            );
        }

        _ = HistoryLowWatermarks.Raise(transaction, validator, slot, source, target, recent: []);
        return StagedHistory.Report(transaction, key, told, blocks, attestations);
    }
}
