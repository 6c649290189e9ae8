namespace RemoteSigner.Oracle;

/// <summary>
/// The keys that a file may speak for (null: all), the newest slot and epoch it may name (null: any), and whether existing low watermarks
/// rise to its lowest numbers.
/// </summary>
public sealed record ModelTerms(IReadOnlyCollection<int>? Only, (long Slot, long Epoch)? Limit, bool LowWatermarksAtLowest);
