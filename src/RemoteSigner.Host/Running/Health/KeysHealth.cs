using RemoteSigner.Keys;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Running;

/// <summary>What health says about the keys and the device that opens them.</summary>
internal sealed class KeysHealth(KeyRing keys, KeyLoading loading, SealedKeys sealedKeys)
{
    // Web3Signer's two loaders are one vault here: the same figures stand under both of its ids, so that existing alerts keep working.
    public HealthReport.Check Check()
    {
        var up = loading is { IsComplete: true, Fault: null };
        var data = new HealthReport.CheckFigures(
            keys.Count,
            loading.Fault is null ? 0 : 1,
            loading.Expected,
            loading.IsComplete ? "open"
                : loading.Fault is null ? "opening"
                : "failed",
            loading.Fault
        );
        return HealthReport.Check.Group(
            "keys-check",
            HealthReport.Check.Of("config-files-loading", up, data),
            HealthReport.Check.Of("keystores-bulk-loading", up, data)
        );
    }

    // The last error stays after recovery: of a device that is well again it is no news.
    public HealthReport.Check SealCheck()
    {
        var device = sealedKeys.Device;
        var condition = device.Condition;
        var up = condition == DeviceCondition.Ready;
        return HealthReport.Check.Of(
            "seal-check",
            up,
            new HealthReport.CheckFigures(State: condition.Code(), Detail: up ? null : device.LastError)
        );
    }
}
