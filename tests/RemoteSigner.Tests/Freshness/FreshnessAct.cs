namespace RemoteSigner.Tests.Freshness;

/// <summary>One thing that happens to a signer or its data directory; a closed choice.</summary>
internal abstract record FreshnessAct
{
    private FreshnessAct()
    {
    }

    /// <summary>Two clients want two versions of a duty some epochs ahead of the chain's present (blocks: three slots for each); the process may die before an answer leaves.</summary>
    public sealed record Ask(int Key, bool IsBlock, int Ahead, int Span, int Root, bool Dies) : FreshnessAct;

    public sealed record Pass(int Slots) : FreshnessAct;

    public sealed record Skew(int Slots) : FreshnessAct;

    public sealed record Copy : FreshnessAct;

    /// <summary>Number 0 is the newest copy.</summary>
    public sealed record PutBack(int Number, bool Ledger, bool Vault) : FreshnessAct;

    public sealed record Kill : FreshnessAct;

    public sealed record Stop : FreshnessAct;

    public sealed record Clear : FreshnessAct;

    public sealed record ChangeVault : FreshnessAct;

    /// <summary>The next process that uses the witness dies at this step of it.</summary>
    public sealed record DieAfter(int Steps) : FreshnessAct;

    /// <summary>The witness fails this often, made or not made.</summary>
    public sealed record Fail(int Times) : FreshnessAct;
}
