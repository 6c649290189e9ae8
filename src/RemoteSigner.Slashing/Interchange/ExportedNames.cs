namespace RemoteSigner.Slashing;

/// <summary>
/// By which of its keys a validator stands in an interchange file. One whose group key is not known always stands under the key that signs.
/// </summary>
public enum ExportedNames
{
    /// <summary>Under each of its keys.</summary>
    Both = 0,

    /// <summary>Under its group key alone: what is on chain, and stays through a reshare.</summary>
    Group = 1,

    /// <summary>Under the keys of its shares alone: what a validator client behind the middleware knows.</summary>
    Share = 2,
}
