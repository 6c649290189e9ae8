using RemoteSigner.Host.Control;
using RemoteSigner.Keys;
using Spectre.Console.Rendering;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// What <c>keys import --dry-run</c> found: every key with what would become of it, what was passed over, and what a client's locks say.
/// </summary>
/// <param name="WouldImport">Nothing stands against it, and somebody says what the keys have signed.</param>
/// <param name="Locks"><see cref="KeystoreSurvey.FindLocks"/>.</param>
internal sealed record DryRun(
    bool WouldImport,
    IReadOnlyList<DryRun.Key> Keys,
    IReadOnlyList<PassedOver> PassedOver,
    IReadOnlyList<string> Locks
)
{
    public const string Verdict = "would_import";

    /// <summary>One key.</summary>
    /// <param name="From">In whose layout it lies: <c>dirk</c>, <c>lighthouse</c> and so on; <c>keystore</c> where no layout says.</param>
    /// <param name="PublicKey">As the file claims it; null where it claims none.</param>
    /// <param name="Password">The file that the password is in; null: there is none.</param>
    /// <param name="Blocks">How many the history has of it; null where it does not name it or there is no history.</param>
    /// <param name="Outcome"><see cref="Verdict"/>, or the code of what stands against it.</param>
    internal sealed record Key(
        string File,
        string From,
        string Label,
        string? PublicKey,
        string? Password,
        long? Blocks,
        long? Votes,
        string Outcome,
        string? Problem,
        string? Hint
    );

    public static async Task<DryRun> OfAsync(KeystoreSurvey survey, ISignerVerbs signer, bool neverSigned, Stream? history)
    {
        var claimed = survey.Keystores.Where(keystore => keystore.PublicKey is not null).ToList();
        var outlook = await signer.EvaluateImportAsync(
            [.. claimed.Select(keystore => new OfferedKey(keystore.PublicKey!.Value.ToString(), keystore.Label))],
            neverSigned,
            history
        );
        HistoryNote.Write(outlook.WithoutList);
        var known = claimed.Zip(outlook.Keys).ToDictionary(pair => pair.First.Path, pair => pair.Second);
        List<Key> keys = [.. survey.Keystores.Select(keystore => Of(keystore, known.GetValueOrDefault(keystore.Path)))];
        return new DryRun(
            (neverSigned || history is not null) && keys.TrueForAll(key => key.Outcome == Verdict),
            keys,
            survey.Rest,
            survey.FindLocks()
        );
    }

    public IRenderable Table() =>
        Output.Rows(Keys, ["public key", "from", "label", "password", "history", "outcome"], key =>
            [
                key.PublicKey,
                key.From,
                key.Label,
                key.Password,
                key.Blocks is null ? null : $"{key.Blocks} blocks, {key.Votes} votes",
                key.Outcome,
            ]
        );

    // What the file itself says is told before what the signer says of the key that it claims.
    private static Key Of(FoundKeystore keystore, KeyOutlook? outlook)
    {
        var (code, problem, hint) =
            keystore.Failure is { } failure ? (failure.Fault.Code(), failure.Reason, failure.Hint)
            : outlook is null
                ? (
                    "public_key_unknown",
                    "the file does not say its public key: whether it may come in shows when it is opened",
                    "import it by itself"
                )
            : ((string?)outlook.Code, outlook.Problem, outlook.Hint);
        return new Key(
            keystore.Path,
            keystore.Origin.Code(),
            keystore.Label,
            keystore.PublicKey?.ToString(),
            keystore.PasswordPath,
            outlook?.Blocks,
            outlook?.Votes,
            code ?? Verdict,
            problem,
            hint
        );
    }
}
