using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;

namespace RemoteSigner.Host.Running;

/// <summary>
/// Opens the vault after the port is bound, and says how far it is. A token that is away is waited for; until it comes the signer answers,
/// without keys and not ready.
/// </summary>
internal sealed class KeyLoading(
    Administrator administrator,
    RunningSite site,
    OpenedKeys opened,
    SealedKeys sealedKeys,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<KeyLoading> log
) : BackgroundService
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile string? _fault;

    /// <summary>Ends when the keys have been opened for the first time.</summary>
    public Task Completed => _completed.Task;

    public bool IsComplete => _completed.Task.IsCompleted;

    /// <summary>How many shares are to be open.</summary>
    public int Expected => sealedKeys.Expected - opened.Parked;

    /// <summary>Why the last opening failed, or what vault, ledger and open keys differ in; null when all is well.</summary>
    public string? Fault => _fault ?? site.Fault?.Message ?? opened.Difference;

    /// <summary>Opens the vault anew because a person asked for it, with the PIN read anew if the token refused the former one.</summary>
    public Task ReloadAsync()
    {
        sealedKeys.RenewRefusedPin();
        return LoadAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The port is bound first, so that health can say what is going on.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        try
        {
            await RetryPolicies
                .ForDevice(time, (fault, delay) =>
                    log.LogError("cannot open the keys: {Fault}; trying again in {Seconds:F0} s", fault.Message, delay.TotalSeconds)
                )
                .ExecuteAsync(async _ => await LoadUnlessOpenAsync(), stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogCritical(exception, "cannot open the keys: {Message}; fix it, then restart the signer", exception.Message);
        }
    }

    // A reload may have opened them between two tries.
    private Task LoadUnlessOpenAsync() => IsComplete ? Task.CompletedTask : LoadAsync();

    /// <summary>Puts the vault's shares in place of the former ones, which stay in force when it does not open.</summary>
    private async Task LoadAsync()
    {
        try
        {
            await administrator.ExecuteAsync(new OpenKeys(), new Actor.Itself());
            if (site.Fault is { } fault)
            {
                throw fault;
            }

            _fault = null;
            _completed.TrySetResult();
        }
        catch (Exception exception)
        {
            _fault = exception.Message;
            throw;
        }
    }
}
