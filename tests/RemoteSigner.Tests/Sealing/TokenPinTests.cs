using Net.Pkcs11Interop.Common;
using RemoteSigner.Native;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Tests.Sealing;

public sealed class TokenPinTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(300);

    private readonly SecretArena _arena = new();
    private int _sent;

    public void Dispose() => _arena.Dispose();

    [Theory]
    [InlineData(CKR.CKR_PIN_INCORRECT, TokenFault.WrongPin)]
    [InlineData(CKR.CKR_PIN_LOCKED, TokenFault.PinLocked)]
    [InlineData(CKR.CKR_PIN_EXPIRED, TokenFault.PinExpired)]
    [InlineData(CKR.CKR_GENERAL_ERROR, TokenFault.WrongPin)]
    [InlineData(CKR.CKR_FUNCTION_FAILED, TokenFault.WrongPin)]
    [InlineData(CKR.CKR_ARGUMENTS_BAD, TokenFault.WrongPin)]
    [InlineData(CKR.CKR_FUNCTION_REJECTED, TokenFault.WrongPin)]
    [InlineData((CKR)0x80000001, TokenFault.WrongPin)]
    public void Whatever_a_login_is_refused_with_the_PIN_is_sent_once(CKR answer, TokenFault fault)
    {
        using var pin = Pin();

        var refused = Assert.Throws<TokenException>(() => Send(pin, answer));
        pin.Give(SoftHsm.Secret(_arena, "1234"));
        var again = Assert.Throws<TokenException>(() => Send(pin, CKR.CKR_OK));

        Assert.Equal((fault, fault), (refused.Fault, again.Fault));
        Assert.Contains($"{answer}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("the same PIN as before", again.Message, StringComparison.Ordinal);
        Assert.Equal(1, _sent);

        pin.Give(SoftHsm.Secret(_arena, "1235"));
        Send(pin, CKR.CKR_OK);
        Assert.False(pin.IsRefused);
    }

    [Theory]
    [InlineData(CKR.CKR_DEVICE_ERROR)]
    [InlineData(CKR.CKR_DEVICE_REMOVED)]
    [InlineData(CKR.CKR_TOKEN_NOT_PRESENT)]
    [InlineData(CKR.CKR_SESSION_HANDLE_INVALID)]
    [InlineData(CKR.CKR_SESSION_CLOSED)]
    [InlineData(CKR.CKR_CRYPTOKI_NOT_INITIALIZED)]
    [InlineData(CKR.CKR_HOST_MEMORY)]
    [InlineData(CKR.CKR_DEVICE_MEMORY)]
    public void A_login_that_was_lost_on_its_way_may_be_sent_again(CKR answer)
    {
        using var pin = Pin();

        Assert.Equal(TokenFault.DeviceLost, Assert.Throws<TokenException>(() => Send(pin, answer)).Fault);
        Send(pin, CKR.CKR_USER_ALREADY_LOGGED_IN);

        Assert.Equal(2, _sent);
    }

    [Fact]
    public async Task While_a_login_hangs_no_second_one_is_sent_and_its_late_refusal_holds()
    {
        using var pin = Pin();
        using var answered = new ManualResetEventSlim();
        var hanging = await HangAsync(pin, answered, CKR.CKR_PIN_INCORRECT);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TokenFault.Hung, Assert.Throws<TokenException>(() => Send(pin, CKR.CKR_OK)).Fault);
        }

        answered.Set();
        await Assert.ThrowsAsync<TokenException>(() => hanging);
        Assert.Equal(TokenFault.WrongPin, Assert.Throws<TokenException>(() => Send(pin, CKR.CKR_OK)).Fault);
        Assert.Equal(1, _sent);
    }

    [Fact]
    public async Task A_late_refusal_does_not_hold_for_a_PIN_given_since()
    {
        using var pin = Pin();
        using var answered = new ManualResetEventSlim();
        var hanging = await HangAsync(pin, answered, CKR.CKR_PIN_INCORRECT);
        pin.Give(SoftHsm.Secret(_arena, "1235"));

        answered.Set();
        await Assert.ThrowsAsync<TokenException>(() => hanging);

        Assert.False(pin.IsRefused);
        Send(pin, CKR.CKR_OK);
    }

    [Fact]
    public async Task Two_threads_send_a_wrong_PIN_once()
    {
        using var pin = Pin();

        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => Assert.Throws<TokenException>(() => Send(pin, CKR.CKR_PIN_INCORRECT))))
        );

        Assert.Equal(1, _sent);
    }

    [Theory]
    [InlineData(CKF.CKF_USER_PIN_LOCKED)]
    [InlineData(CKF.CKF_USER_PIN_FINAL_TRY)]
    public void A_PIN_that_was_held_back_may_be_given_again_once_the_token_is_mended(ulong flag)
    {
        using var pin = Pin();

        Assert.Equal(TokenFault.PinLocked, Assert.Throws<TokenException>(() => pin.RefuseLocked(flag)).Fault);
        Assert.Throws<TokenException>(() => Send(pin, CKR.CKR_OK));
        pin.Give(SoftHsm.Secret(_arena, "1234"));
        pin.RefuseLocked(0);
        Send(pin, CKR.CKR_OK);

        Assert.Equal(1, _sent);
    }

    /// <summary>
    /// A thread that was stuck before the login comes back after the end, when the PIN is zeroed: zeroes would be a wrong try.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_PIN_that_is_gone_is_not_sent_as_zeroes(bool arenaFirst)
    {
        var pin = Pin();
        if (arenaFirst)
        {
            _arena.Dispose();
        }
        else
        {
            pin.Dispose();
        }

        Assert.Throws<ObjectDisposedException>(() => Send(pin, CKR.CKR_OK));
        pin.Dispose();
        Assert.Equal(0, _sent);
    }

    private TokenPin Pin() => new("one", SoftHsm.Secret(_arena, "1234"), Timeout, TimeProvider.System);

    private void Send(TokenPin pin, CKR answer) =>
        pin.Send(_ =>
        {
            Interlocked.Increment(ref _sent);
            return answer;
        });

    private async Task<Task> HangAsync(TokenPin pin, ManualResetEventSlim answered, CKR answer)
    {
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = Task.Factory.StartNew(
            () =>
                pin.Send(_ =>
                {
                    Interlocked.Increment(ref _sent);
                    inside.SetResult();
                    answered.Wait();
                    return answer;
                }),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        await inside.Task;
        return hanging;
    }
}
