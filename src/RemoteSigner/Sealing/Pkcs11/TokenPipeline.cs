using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>From outside to inside: retry with growing pauses for a lost device, circuit breaker, time-out of one call.</summary>
internal static class TokenPipeline
{
    internal static ResiliencePipeline Build(
        TokenTimeouts timeouts,
        TimeProvider time,
        CircuitBreakerStateProvider state,
        Func<Exception, bool> isLoss
    ) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    // A hang is a loss too, but each further try would cost another thread.
                    ShouldHandle = outcome =>
                        ValueTask.FromResult(outcome.Outcome.Exception is { } e and not TimeoutRejectedException && isLoss(e)),
                    MaxRetryAttempts = timeouts.Retries,
                    Delay = timeouts.Pause,
                    BackoffType = DelayBackoffType.Exponential,
                }
            )
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions
                {
                    ShouldHandle = outcome => ValueTask.FromResult(outcome.Outcome.Exception is { } e && isLoss(e)),
                    FailureRatio = 0.5,
                    MinimumThroughput = 8,
                    SamplingDuration = TimeSpan.FromSeconds(60),
                    BreakDuration = timeouts.Break,
                    StateProvider = state,
                }
            )
            .AddTimeout(timeouts.Call)
            .Build();

    internal static ResiliencePipeline BuildWatchdog(TimeSpan timeout, TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(timeout)
            .Build();
}
