using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Opens the vault after the port is bound, and says how far it is. A token that is away is waited for; until it comes the signer answers,
/// without keys and not ready.
/// </summary>
internal sealed class KeyLoading(KeyRing ring, SealedKeys sealedKeys, OperatorVoice voice, FreshnessRun freshness, SignerMetrics metrics, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<KeyLoading> log) : BackgroundService, IAsyncDisposable
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _one = new(1);

    private volatile string? _fault;
    private bool _disposed;

    /// <summary>Ends when the keys have been opened for the first time.</summary>
    public Task Completed => _completed.Task;

    public bool IsComplete => _completed.Task.IsCompleted;

    /// <summary>Why the last opening failed; null when it did not.</summary>
    public string? Fault => _fault;

    /// <summary>Opens the vault anew because a person asked for it, with the PIN read anew if the token refused the former one.</summary>
    public Task ReloadAsync()
    {
        sealedKeys.RenewRefusedPin();
        return LoadAsync();
    }

    /// <summary>
    /// Opens the vault by one hardware operation for <paramref name="change"/>, one change at a time; if it changed the vault, freshness knows before its shares are put in place.
    /// </summary>
    public async Task<T> ChangeAsync<T>(Func<Vault, Task<T>> change)
    {
        await _one.WaitAsync();
        try
        {
            using var vault = await sealedKeys.OpenVaultAsync();
            await freshness.AdmitAsync(vault);
            var generation = vault.Contents.Generation;
            var result = await change(vault);
            if (vault.Contents.Generation != generation)
            {
                await freshness.ChangedAsync(vault);
                Put(sealedKeys.OpenShares(vault));
            }

            return result;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ends when no opening runs any more: it works in secret memory and in the token, which go away next.</summary>
    public async ValueTask DisposeAsync()
    {
        // The container knows this object by two registrations, and disposes it by both.
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            await _one.WaitAsync();
            Dispose();
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The port is bound first, so that health can say what is going on.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        try
        {
            await Patience.ForDevice(time, (fault, delay) => log.LogError("cannot open the keys: {Fault}; trying again in {Seconds:F0} s", fault.Message, delay.TotalSeconds))
                .ExecuteAsync(async _ => await LoadUnlessOpenAsync(), stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogCritical(exception, "cannot open the keys: {Message}; mend it, then reload", exception.Message);
        }
    }

    // A reload may have opened them between two tries.
    private Task LoadUnlessOpenAsync() => IsComplete ? Task.CompletedTask : LoadAsync();

    /// <summary>Puts the vault's shares in place of the former ones, which stay in force when it does not open.</summary>
    private async Task LoadAsync()
    {
        await _one.WaitAsync();
        try
        {
            Put(await sealedKeys.OpenAsync(async vault =>
            {
                await freshness.AdmitAsync(vault);
                voice.Take(sealedKeys.OpenOperatorKey(vault));
            }));
            _fault = null;
            _completed.TrySetResult();
        }
        catch (Exception exception)
        {
            _fault = exception.Message;
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    private void Put(IReadOnlyList<KeyShare> shares)
    {
        ring.Replace(shares);
        metrics.Loaded.Set(ring.Count);
        log.LogInformation("{Count} keys are open", ring.Count);
    }
}
