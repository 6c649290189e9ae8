namespace RemoteSigner.Host.Http;

/// <summary>Keeps the TPM free for what signing needs: one attestation at a time, and a pause after each.</summary>
internal sealed class RemoteAttestationPace(TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1);
    private long? _ended;

    /// <summary>Leave to ask the TPM, to be disposed when it has answered; null when it is not the time.</summary>
    public IDisposable? TryBegin()
    {
        if (!_one.Wait(0))
        {
            return null;
        }

        if (_ended is { } ended && time.GetElapsedTime(ended) < Pause)
        {
            _one.Release();
            return null;
        }

        return new Turn(this);
    }

    public void Dispose() => _one.Dispose();

    private long Now => time.GetTimestamp();

    private sealed class Turn(RemoteAttestationPace pace) : IDisposable
    {
        public void Dispose()
        {
            pace._ended = pace.Now;
            pace._one.Release();
        }
    }
}
