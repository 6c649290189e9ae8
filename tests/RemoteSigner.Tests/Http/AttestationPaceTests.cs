using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Tests.Http;

public sealed class AttestationPaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void One_at_a_time_and_a_pause_after_each()
    {
        using var pace = new RemoteAttestationPace(_time);
        var first = pace.TryBegin();
        Assert.NotNull(first);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(pace.TryBegin());

        first.Dispose();
        Assert.Null(pace.TryBegin());
        _time.Advance(RemoteAttestationPace.Pause - TimeSpan.FromMilliseconds(1));
        Assert.Null(pace.TryBegin());
        _time.Advance(TimeSpan.FromMilliseconds(1));

        using var second = pace.TryBegin();
        Assert.NotNull(second);
    }
}
