using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.LedgerLoad;

/// <summary>The steps of a key's life in one call each, for tests of what comes before and after them. They leave no audit entry.</summary>
public static class KeyLife
{
    /// <summary>Lets these keys sign, all or none: null, or the first that was refused.</summary>
    public static async Task<RefusedRegistration?> RegisterAllAsync(
        this SlashingProtection slashing,
        IReadOnlyCollection<ProtectedKey> keys,
        DeclaredHistory lowWatermark
    )
    {
        var report = await slashing.EnrolAsync(new KeyRegistration([.. keys.Select(key => (key, lowWatermark))]), (_, _) => 1);
        await slashing.TurnAsync(new KeyTurn([.. keys.Select(key => key.PublicKey)]), (_, _) => 1);
        return report.Refused is [var first, ..] ? first : null;
    }

    /// <summary>The same for one key.</summary>
    public static async Task<Registration> RegisterAsync(
        this SlashingProtection slashing,
        ProtectedKey key,
        DeclaredHistory lowWatermark
    ) => (await slashing.RegisterAllAsync([key], lowWatermark))?.Reason ?? new Registration.Enrolled();

    /// <summary>Ends a key for good; false when it was not one that could sign.</summary>
    public static async Task<bool> RetireAsync(this SlashingProtection slashing, BlsPublicKey key)
    {
        var ended = await slashing.RetireAsync([key], KeyEnd.Retired, (_, _) => 1);
        await slashing.FinishRetiringAsync([key], (_, _) => 1);
        return ended.Count > 0;
    }

    public static async Task<bool> AllowAgainAsync(this SlashingProtection slashing, BlsPublicKey key) =>
        (await slashing.AllowAgainAsync(key, (_, _) => 1)).Count > 0;

    public static Task<InterchangeReport> ImportAsync(this SlashingProtection slashing, Stream file, InterchangeReading reading) =>
        slashing.ImportAsync(file, new ImportTerms(reading), (_, _) => 1);

    public static Task<int> RaiseLowWatermarkAsync(
        this SlashingProtection slashing,
        Slot? slot,
        Epoch? epoch,
        IReadOnlyCollection<BlsPublicKey>? only = null
    ) => slashing.RaiseLowWatermarkAsync(slot, epoch, only, (_, _) => 1);

    public static Task<HighWatermark?> SetHighWatermarkAsync(this SlashingProtection slashing, HighWatermark? watermark) =>
        slashing.SetHighWatermarkAsync(watermark, (_, _) => 1);

    public static Task<PruneReport> PruneAsync(this SlashingProtection slashing, ulong keepEpochs) =>
        slashing.PruneAsync(keepEpochs, (_, _) => 1);

    public static Task RecordStartAsync(this SlashingProtection slashing, LedgerStart start, GlobalLowWatermark? lowWatermark) =>
        slashing.RecordStartAsync(start, lowWatermark, (_, _) => 1);

    public static Task<GlobalLowWatermark?> RemoveGlobalLowWatermarkAsync(this SlashingProtection slashing) =>
        slashing.RemoveGlobalLowWatermarkAsync((_, _) => 1);

    public static Task<bool> EndLowWatermarkIfCompleteAsync(this SlashingProtection slashing) =>
        slashing.EndLowWatermarkIfCompleteAsync((_, _) => 1);
}
