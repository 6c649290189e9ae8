namespace RemoteSigner.Clusters.Ssv;

/// <summary>One check of one validator and how it ended.</summary>
/// <param name="Position">The validator's in the file, from 0.</param>
public sealed record KeysharesVerdict(int Position, KeysharesCheck Check, CheckVerdict Verdict)
{
    /// <summary>The error code, such as <c>owner_signature</c>.</summary>
    public string Code => Check.Code();
}
