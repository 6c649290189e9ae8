namespace RemoteSigner.Host.Cli;

/// <summary>How the collecting of partial signatures ended. <paramref name="Complete"/>: every validator has a threshold of them.</summary>
internal sealed record PartialsLine(
    string Duty,
    string LockHash,
    int Threshold,
    bool Complete,
    IReadOnlyList<PartialsLine.Validator> Validators,
    IReadOnlyList<string> Written,
    IReadOnlyList<PartialProblem> Problems
)
{
    /// <summary>One validator: whose shares signed, and whose did not.</summary>
    internal sealed record Validator(string PublicKey, string Message, IReadOnlyList<ulong> ShareIndices, IReadOnlyList<ulong> Missing);
}

/// <summary>What a signer did not sign, or a file or signer gave that does not hold, and was not counted.</summary>
internal sealed record PartialProblem(string Source, string Reason, string Detail, string Hint, IReadOnlyList<string> Validators);
