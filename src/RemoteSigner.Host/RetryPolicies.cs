using Polly;
using Polly.Retry;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host;

/// <summary>
/// How long the things that can be away for a while are waited for. Signing itself never waits here: it is refused at once.
/// </summary>
internal static class RetryPolicies
{
    /// <summary>
    /// Tries again until the token or TPM, and the anchor of rollback protection, is there, for as long as that takes. A PIN that was
    /// refused, and whatever trying cannot mend, is left to a person.
    /// </summary>
    public static ResiliencePipeline ForDevice(TimeProvider time, Action<Exception, TimeSpan> retrying) =>
        Build(
            time,
            new PredicateBuilder()
                .Handle<SealingDeviceException>(fault => fault.MayPass)
                .Handle<RollbackAnchorException>(fault => fault.MayPass),
            retrying
        );

    /// <summary>Tries again until the ledger takes what is to be written, such as the record of a refused client.</summary>
    public static ResiliencePipeline ForLedger(TimeProvider time, Action<Exception, TimeSpan> retrying) =>
        Build(time, new PredicateBuilder().Handle<LedgerException>(), retrying);

    private static ResiliencePipeline Build(TimeProvider time, PredicateBuilder<object> handled, Action<Exception, TimeSpan> retrying) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = handled,
                    MaxRetryAttempts = int.MaxValue,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = TimeSpan.FromSeconds(1),
                    MaxDelay = TimeSpan.FromSeconds(30),
                    UseJitter = true,
                    OnRetry = retry =>
                    {
                        retrying(retry.Outcome.Exception!, retry.RetryDelay);
                        return default;
                    },
                }
            )
            .Build();
}
