namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>One thing that happens to a signer or its data directory; a closed choice.</summary>
internal abstract record RollbackProtectionAct
{
    private RollbackProtectionAct() { }

    /// <summary>
    /// Two clients want two versions of a duty some epochs ahead of the chain's present (blocks: three slots for each) of the signer at one
    /// place, or one of each where both run; the process may die before an answer leaves.
    /// </summary>
    public sealed record Ask(int Place, int Key, bool IsBlock, int Ahead, int Span, int Root, bool Dies) : RollbackProtectionAct;

    public sealed record Pass(int Slots) : RollbackProtectionAct;

    public sealed record Skew(int Slots) : RollbackProtectionAct;

    /// <summary>From here on the chain justifies nothing, or justifies again: no client asks for a newer source.</summary>
    public sealed record Stall(bool Stalls) : RollbackProtectionAct;

    public sealed record Copy(int Place) : RollbackProtectionAct;

    /// <summary>Number 0 is the newest copy.</summary>
    public sealed record PutBack(int Place, int Number, bool Ledger, bool Vault) : RollbackProtectionAct;

    /// <summary>Signers are started at both places at once, the second one on a copy of the first one's ledger as it is now.</summary>
    public sealed record StartBoth : RollbackProtectionAct;

    public sealed record Kill(int Place) : RollbackProtectionAct;

    public sealed record Stop(int Place) : RollbackProtectionAct;

    public sealed record Clear(int Place) : RollbackProtectionAct;

    public sealed record ChangeVault : RollbackProtectionAct;

    /// <summary>The next process that uses the anchor dies at this step of it.</summary>
    public sealed record DieAfter(int Steps) : RollbackProtectionAct;

    /// <summary>The anchor fails this often, made or not made.</summary>
    public sealed record Fail(int Times) : RollbackProtectionAct;
}
