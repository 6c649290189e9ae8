using System.Diagnostics;

namespace RemoteSigner.Slashing;

/// <summary>
/// What a public key may do here: <c>enrolling → active → retiring → retired</c>, and between active and parked, or active and exported, as
/// often as sets of shares take turns or leave for a ceremony. The ledger leads, the vault and the open keys follow, and a reconciliation
/// finishes what a crash left in between. Only an active key is granted anything. The numbers are stored.
/// </summary>
public enum KeyState
{
    /// <summary>History is kept under it, as a group key or from an import, but it never signed here.</summary>
    HistoryOnly = 0,

    /// <summary>It may sign, as far as its history allows.</summary>
    Active = 1,

    /// <summary>It was deleted for good. Its history and watermarks stay, and it stays refused until a person allows it again.</summary>
    Retired = 2,

    /// <summary>Its history is here, and its share is on its way into the vault.</summary>
    Enrolling = 3,

    /// <summary>It signs no more, and its share is on its way out of the vault; then it is <see cref="Retired"/>.</summary>
    Retiring = 4,

    /// <summary>It was taken out by whoever may bring it in again; its history and watermarks stay.</summary>
    Released = 5,

    /// <summary>As <see cref="Retiring"/>, on the way to <see cref="Released"/>.</summary>
    Releasing = 6,

    /// <summary>
    /// Another set of shares took its place and is not committed yet: it signs nothing, and may come back with its whole set.
    /// </summary>
    Parked = 7,

    /// <summary>
    /// Its secret was handed out for a ceremony of the cluster: it signs nothing here until the ceremony's document is in, or a person says
    /// that no copy is left.
    /// </summary>
    Exported = 8,
}

/// <summary>The code of a key's state, in <c>--json</c>. Others' programs match it: a member may be renamed, its code not.</summary>
public static class KeyStateCodes
{
    public static string Code(this KeyState state) =>
        state switch
        {
            KeyState.HistoryOnly => "history_only",
            KeyState.Active => "active",
            KeyState.Retired => "retired",
            KeyState.Enrolling => "enrolling",
            KeyState.Retiring => "retiring",
            KeyState.Released => "released",
            KeyState.Releasing => "releasing",
            KeyState.Parked => "parked",
            KeyState.Exported => "exported",
            _ => throw new UnreachableException($"the state {state} has no code"),
        };
}
