namespace RemoteSigner.Host.Running;

/// <summary>
/// What one client may guess at ciphertexts: <see cref="Burst"/> that do not open, and one more each second. One push at a time, so that
/// none runs ahead of the count; beyond the budget it waits before anything is opened. Others do not wait with it.
/// </summary>
internal sealed class GuessBudget(TimeProvider time) : IDisposable
{
    /// <summary>Bad registrations of one block of the chain, say, cost a node no time.</summary>
    public const int Burst = 32;

    private static readonly TimeSpan _each = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private TimeSpan _debt;
    private long _since = time.GetTimestamp();

    /// <summary>Leave to open shares, to be disposed when the push has ended.</summary>
    public async Task<IDisposable> BeginAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (Debt - (Burst * _each) is { Ticks: > 0 } beyond)
            {
                await Task.Delay(beyond, time, cancellation);
            }

            return new Turn(_one);
        }
        catch
        {
            _one.Release();
            throw;
        }
    }

    /// <summary>So many shares did not open. Only within a turn.</summary>
    public void Spend(int shares) => (_debt, _since) = (Debt + (shares * _each), time.GetTimestamp());

    public void Dispose() => _one.Dispose();

    private TimeSpan Debt => _debt - time.GetElapsedTime(_since) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
