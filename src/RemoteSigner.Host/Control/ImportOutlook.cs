using RemoteSigner.Administration.Keys;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Control;

/// <summary>A key that might be imported: its public key as its keystore claims it, and what it would be called.</summary>
internal sealed record OfferedKey(string PublicKey, string Label);

/// <summary>
/// What <c>keys import --dry-run</c> asks a signer that runs. <paramref name="History"/> is an EIP-3076 interchange file, UTF-8; null:
/// there is none.
/// </summary>
internal sealed record ImportQuestion(IReadOnlyList<OfferedKey> Keys, bool NeverSigned, byte[]? History);

/// <summary>What would become of each key, in their order. <paramref name="WithoutList"/> as in <see cref="KeysImported"/>.</summary>
internal sealed record ImportOutlook(IReadOnlyList<KeyOutlook> Keys, int WithoutList)
{
    public static ImportOutlook Of(IReadOnlyList<VaultListing.Share> offered, ImportEvaluation evaluation)
    {
        var told = evaluation.History?.Validators.ToDictionary(line => line.PublicKey) ?? [];
        var refusals = evaluation.Refusals.ToLookup(refusal => refusal.ShareKey);
        return new ImportOutlook(
            [.. offered.Select(share => KeyOutlook.Of(told.GetValueOrDefault(share.ShareKey), refusals[share.ShareKey].FirstOrDefault()))],
            evaluation.History?.WithoutList ?? 0
        );
    }
}

/// <summary>
/// What would become of one key. <paramref name="Blocks"/> and <paramref name="Votes"/>: how many the history has of it, null where it does
/// not name it or there is none. <paramref name="Code"/>,
/// <paramref name="Problem"/> and <paramref name="Hint"/>: what stands against it; null: nothing.
/// </summary>
internal sealed record KeyOutlook(long? Blocks, long? Votes, string? Code, string? Problem, string? Hint)
{
    public static KeyOutlook Of(Slashing.InterchangeReport.Line? told, ImportRefusal? refusal) =>
        new(told?.BlocksRead, told?.AttestationsRead, refusal?.Code, refusal?.Problem, refusal?.Hint);
}
