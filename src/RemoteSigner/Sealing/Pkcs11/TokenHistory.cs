namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>What happened to a token lately: decides how far up the recovery ladder the next try goes.</summary>
internal sealed class TokenHistory(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _failedEpoch = -1;

    internal TokenException? LastError { get; private set; }

    internal DateTimeOffset? LastErrorAt { get; private set; }

    internal int FailuresInRow { get; private set; }

    internal bool EverSucceeded { get; private set; }

    /// <summary>True when a new session has failed as well, and the module has not been restarted since.</summary>
    internal bool NeedsRestart(long epoch)
    {
        lock (_gate)
        {
            return FailuresInRow >= 2 && epoch == _failedEpoch;
        }
    }

    internal void Succeeded()
    {
        lock (_gate)
        {
            (FailuresInRow, EverSucceeded) = (0, true);
        }
    }

    internal void Failed(TokenException error, long epoch)
    {
        lock (_gate)
        {
            (LastError, LastErrorAt, _failedEpoch) = (error, time.GetUtcNow(), epoch);

            // These say nothing against the device.
            if (error.Fault is not (TokenFault.InputRefused or TokenFault.MechanismNotOffered or TokenFault.KeyAbsent))
            {
                FailuresInRow++;
            }
        }
    }
}
