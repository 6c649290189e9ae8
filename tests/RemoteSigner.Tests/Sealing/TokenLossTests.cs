using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Tests.Sealing;

[Trait("Speed", "slow")]
[Collection(SoftHsmCollection.Name)]
public sealed class TokenLossTests(SoftHsm softHsm) : IDisposable
{
    private static readonly TokenTimeouts Short = new()
    {
        Call = TimeSpan.FromSeconds(1.5),
        Pause = TimeSpan.FromMilliseconds(100),
        Break = TimeSpan.FromMilliseconds(500),
    };

    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public async Task A_device_that_is_killed_and_comes_back_is_used_again()
    {
        using var device = new RemoteToken(softHsm);
        using var token = softHsm.Open(_arena, timeouts: Short, module: RemoteToken.Client);
        var key = (await SealEnrolment.EnrolAsync(token, "loss", TimeProvider.System)).Key;
        device.Kill();

        var lost = await Assert.ThrowsAsync<TokenException>(() => key.ProveAsync());
        Assert.Equal(TokenFault.DeviceLost, lost.Fault);
        Assert.NotEqual(DeviceCondition.Ready, token.State.Condition);
        Assert.NotNull(token.State.LastErrorAt);

        device.Start();
        await EventuallyAsync(() => key.ProveAsync());
        Assert.Equal(DeviceCondition.Ready, token.State.Condition);
    }

    [Fact]
    public async Task A_device_that_comes_back_while_an_operation_waits_is_not_noticed_by_the_caller()
    {
        using var device = new RemoteToken(softHsm);
        using var token = softHsm.Open(_arena, timeouts: Short, module: RemoteToken.Client);
        var key = (await SealEnrolment.EnrolAsync(token, "blink", TimeProvider.System)).Key;
        device.Kill();
        device.Start();

        await key.ProveAsync();

        Assert.Equal(TokenFault.DeviceLost, token.State.LastFault);
        Assert.Equal(DeviceCondition.Ready, token.State.Condition);
    }

    /// <summary>
    /// A session that is closed while the process exits meets a module whose exit handlers have run: p11-kit's client aborts the process
    /// then.
    /// </summary>
    [Fact]
    public async Task Disposing_waits_until_the_session_is_closed()
    {
        using var device = new RemoteToken(softHsm);
        var token = softHsm.Open(_arena, module: RemoteToken.Client);
        await token.ConnectAsync();
        device.Stop();

        var disposing = Task.Run(token.Dispose);
        await Task.Delay(300);
        Assert.False(disposing.IsCompleted);

        device.Continue();
        await disposing.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_hanging_device_costs_the_caller_no_more_than_the_time_out()
    {
        using var device = new RemoteToken(softHsm);
        using var token = softHsm.Open(_arena, timeouts: Short, module: RemoteToken.Client);
        var key = (await SealEnrolment.EnrolAsync(token, "hang", TimeProvider.System)).Key;
        device.Stop();
        var start = TimeProvider.System.GetTimestamp();

        var hung = await Assert.ThrowsAsync<TokenException>(() => key.ProveAsync());

        Assert.Equal(TokenFault.Hung, hung.Fault);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));
        Assert.Equal(1, token.State.StuckThreads);

        device.Continue();
        await EventuallyAsync(() => key.ProveAsync());
        await EventuallyAsync(() =>
            Task.FromResult(Assert.IsType<int>(token.State.StuckThreads) == 0 ? true : throw new TokenException(TokenFault.Hung, "", ""))
        );
    }

    [Fact]
    public async Task No_more_threads_are_risked_than_allowed()
    {
        using var device = new RemoteToken(softHsm);
        using var token = softHsm.Open(
            _arena,
            timeouts: Short with
            {
                Call = TimeSpan.FromMilliseconds(300),
                StuckThreads = 2,
            },
            module: RemoteToken.Client
        );
        await token.ConnectAsync();
        var key = (await SealEnrolment.EnrolAsync(token, "bound", TimeProvider.System)).Key;
        device.Stop();

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(TokenFault.Hung, (await Assert.ThrowsAsync<TokenException>(() => key.ProveAsync())).Fault);
        }

        Assert.Equal(2, token.State.StuckThreads);
        device.Continue();
        await EventuallyAsync(() => key.ProveAsync());
    }

    [Fact]
    public async Task After_many_failures_the_token_is_left_alone_for_a_while()
    {
        using var device = new RemoteToken(softHsm);
        using var token = softHsm.Open(
            _arena,
            timeouts: Short with
            {
                Pause = TimeSpan.FromMilliseconds(1),
                Break = TimeSpan.FromMinutes(1),
            },
            module: RemoteToken.Client
        );
        await token.ConnectAsync();
        device.Kill();
        TokenException? last = null;
        for (var i = 0; i < 4 && last?.Fault != TokenFault.CircuitOpen; i++)
        {
            last = await Assert.ThrowsAsync<TokenException>(() =>
                token.RunAsync(session => session.Find(Net.Pkcs11Interop.Common.CKO.CKO_PRIVATE_KEY, [1]), default)
            );
        }

        Assert.Equal(TokenFault.CircuitOpen, last!.Fault);
        Assert.Equal(DeviceCondition.Resting, token.State.Condition);
    }

    private static async Task EventuallyAsync(Func<Task> act)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await act();
                return;
            }
            catch (TokenException) when (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20))
            {
                await Task.Delay(100);
            }
        }
    }
}
