using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.RollbackProtection;

namespace RemoteSigner.Tests.Administration;

/// <summary>Where an act is done: a data directory like the one of the stock, wherever it lies.</summary>
internal sealed record ActPlace(ActStock Stock, string Folder)
{
    /// <summary>How the data directory stands with an anchor, once somebody has opened it.</summary>
    public Func<IRollbackAnchor, Standing> Stand { get; init; } = _ => null!;

    public string At(string name) => Path.Combine(Folder, name);
}
