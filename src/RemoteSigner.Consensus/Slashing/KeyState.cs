namespace RemoteSigner.Consensus.Slashing;

/// <summary>What a public key may do here. The numbers are stored.</summary>
public enum KeyState
{
    /// <summary>History is kept under it, as a group key or from an import, but it never signed here.</summary>
    HistoryOnly = 0,

    /// <summary>It may sign, as far as its history allows.</summary>
    Active = 1,

    /// <summary>It was deleted. Its history and watermarks stay, and it stays refused until it is explicitly enabled again.</summary>
    Retired = 2,
}
