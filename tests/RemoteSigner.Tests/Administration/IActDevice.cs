namespace RemoteSigner.Tests.Administration;

/// <summary>
/// What an act changes outside of the data directory. Such an act is stopped at a step, and no copy of the folder is looked at beside it:
/// the device would go on where the copy stands still.
/// </summary>
internal interface IActDevice
{
    /// <summary>Once, on a copy of the stock's data directory: what the act needs to be there.</summary>
    Task PrepareAsync(ActPlace place);

    /// <summary>Before each run: as it was after <see cref="PrepareAsync"/>.</summary>
    Task BeginAsync(ActPlace place);

    /// <summary>What there is of the act's effect. Nobody has the data directory open.</summary>
    Task<string> StateAsync(ActPlace place);

    /// <summary>
    /// A state between the two in which nothing is signed, as long as the log says that the act was interrupted; null where there is none.
    /// </summary>
    string? Silent { get; }
}
