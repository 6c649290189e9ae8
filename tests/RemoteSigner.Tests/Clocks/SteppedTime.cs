using Microsoft.Extensions.Time.Testing;

namespace RemoteSigner.Tests.Clocks;

/// <summary>
/// Time whose wall clock can be set while the monotonic one runs on, as on a real machine; the fake's own adjustment moves both.
/// </summary>
internal sealed class SteppedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _stepped;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _stepped;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public void Step(TimeSpan by) => _stepped += by;
}
