using RemoteSigner.Administration;

namespace RemoteSigner.Tests.Administration;

/// <summary>One act as it is done in a data directory in which it has an effect.</summary>
/// <param name="Type">Its case.</param>
/// <param name="Action">The action of its entry.</param>
/// <param name="WantsVault">Does it open the vault?</param>
/// <param name="DoAsync">Makes it and does it.</param>
internal sealed record ActRow(Type Type, string Action, bool WantsVault, Func<ActPlace, Administrator, Actor, Task> DoAsync)
{
    public string Name { get; init; } = Type.Name;

    /// <summary>swtpm serves one client at a time.</summary>
    public bool UsesTpm { get; init; }

    /// <summary>The token makes keys for it, which takes its time: only what a crash leaves is looked at.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Devices that are changed, and seen to; null for an act without them.</summary>
    public IActDevice? Device { get; init; }

    public static ActRow Of<T>(ActStock stock, Func<ActPlace, AdminAct<T>> make)
    {
        using var sample = make(new ActPlace(stock, stock.Folder));
        return new ActRow(sample.GetType(), sample.Action, sample.WantsVault, async (place, administrator, actor) =>
        {
            try
            {
                await administrator.ExecuteAsync(make(place), actor);
            }
            finally
            {
                stock.LetTpmGo();
            }
        });
    }
}
