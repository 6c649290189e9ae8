using RemoteSigner.Host.Running;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The wait for the signer: a place in it while orders are not too many, and no longer than a duty is worth. Whoever finds no place, or is
/// not come to in time, has nothing signed: <see cref="SignOutcome.Busy"/>.
/// </summary>
internal sealed class SigningWait(Signer signer, SigningPlaces places, TimeProvider time)
{
    // A slot has 12 seconds, and what is due is due after a quarter of it: whoever waits longer asks another signer in vain. Thousands in
    // one request take a while of their own.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(4);

    /// <summary>How long many in one request wait.</summary>
    public static readonly TimeSpan TimeoutWithMany = TimeSpan.FromSeconds(12);

    /// <summary>The signer did not come to it in time.</summary>
    public static readonly SignOutcome.Busy Late = new(
        "the signer did not come to it in time: ask again, or another signer; /healthcheck says whether its disk or its token hangs"
    );

    private static readonly SignOutcome.Busy _noPlace = new(MalformedRequest.TooManyWait.Detail);

    /// <summary>How the order ended; null where there was no place for it to wait.</summary>
    public async Task<SignOutcome?> SignAsync(SignOrder order) =>
        places.TryTake(order.Client.Name, 1, isProposal: order.Message.Slashable is SlashableContent.Block)
            ? await InTimeAsync(signer.SignAsync(order), order.Client.Name, 1, _timeout) ?? Late
            : null;

    /// <summary>The same for many of one client; the outcomes are in the order of the orders, also where there was no place.</summary>
    public async Task<IReadOnlyList<SignOutcome>> SignAllAsync(IReadOnlyList<SignOrder> orders) =>
        places.TryTake(orders[0].Client.Name, orders.Count, isProposal: false)
            ? await InTimeAsync(signer.SignAllAsync(orders), orders[0].Client.Name, orders.Count, TimeoutWithMany)
                ?? All(orders.Count, Late)
            : All(orders.Count, _noPlace);

    /// <summary>The end of many that is one and the same.</summary>
    public static SignOutcome[] All(int count, SignOutcome outcome)
    {
        var outcomes = new SignOutcome[count];
        Array.Fill(outcomes, outcome);
        return outcomes;
    }

    // Null where it goes on without anybody who waits for it.
    private async Task<T?> InTimeAsync<T>(Task<T> signing, string client, int orders, TimeSpan timeout)
        where T : class
    {
        var ended = InPlacesAsync(signing, client, orders);
        try
        {
            return await ended.WaitAsync(timeout, time);
        }
        catch (TimeoutException) when (!ended.IsCompleted)
        {
            return null;
        }
    }

    // Places are for those that wait for the signer: they are free once it has ended, and not when it is told, which may take as long as a
    // client likes. Nor before, when nobody waits any more.
    private async Task<T> InPlacesAsync<T>(Task<T> signing, string client, int orders)
    {
        try
        {
            return await signing;
        }
        finally
        {
            places.GiveBack(client, orders);
        }
    }
}
