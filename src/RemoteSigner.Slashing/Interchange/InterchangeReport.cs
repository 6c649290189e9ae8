using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>What an import brought, one line for each public key that was taken over, in the order of the file.</summary>
/// <param name="FileHash">SHA-256 of the file as it was read.</param>
/// <param name="PassedOver">Public keys of the file that whoever brought it could not speak for.</param>
/// <param name="WithoutList">How many of the file's entries lack one of their two lists, which was read as an empty one.</param>
public sealed record InterchangeReport(
    Root GenesisValidatorsRoot,
    Root FileHash,
    IReadOnlyList<InterchangeReport.Line> Validators,
    int PassedOver,
    int WithoutList
)
{
    /// <summary>
    /// One public key. <paramref name="Active"/>: it may sign here; history of other keys is kept for the day they come. Records that are
    /// not new were known already, or lie below the low watermarks, which cover them. The low watermarks are those after the import.
    /// </summary>
    public sealed record Line(
        BlsPublicKey PublicKey,
        bool Active,
        long BlocksRead,
        long BlocksNew,
        long AttestationsRead,
        long AttestationsNew,
        Slot? LowestSlot,
        Epoch? LowestSource,
        Epoch? LowestTarget
    );
}
