using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// What an interchange file may say here. Whatever the terms, imported history raises low watermarks and refuses; it never grants.
/// </summary>
/// <param name="Reading">How far the file is trusted about validators that have history here already.</param>
public sealed record ImportTerms(InterchangeReading Reading)
{
    /// <summary>
    /// The public keys that whoever brings the file may speak for; the file's other validators are passed over. Null: all.
    /// </summary>
    public IReadOnlySet<BlsPublicKey>? Only { get; init; }

    /// <summary>
    /// The newest slot and epoch that may be recorded; a file with anything beyond is refused. Null: no bound, on a person's word alone.
    /// </summary>
    public HistoryLimit? Limit { get; init; }
}
