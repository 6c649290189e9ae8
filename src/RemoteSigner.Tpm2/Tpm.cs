using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// A TPM 2.0, one connection to it: each method is one command of the TPM 2.0 Library Part 3 (a file of this class per chapter), blocking
/// until the answer is there. Commands of several threads queue up. Knows nothing of what it is used for.
/// </summary>
/// <remarks>
/// Every command may throw <see cref="TpmException"/> (the TPM refused), <see cref="TpmTransportException"/> (no answer: open a new
/// connection) or <see cref="TpmIntegrityException"/> (the answer is not genuine).
/// </remarks>
public sealed partial class Tpm : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ITpmTransport _transport;
    private readonly TpmTimeouts _timeouts;
    private readonly PinnedBytes _command = new(4096),
        _response = new(4096);
    private volatile bool _unreachable;

    private Tpm(ITpmTransport transport, TpmTimeouts timeouts) => (_transport, _timeouts) = (transport, timeouts);

    /// <summary>How many commands were sent over this connection, those sent again included.</summary>
    public long CommandsSent { get; private set; }

    public static Tpm Open(TpmAddress address, TpmTimeouts? timeouts = null) => Open(address.Connect(), timeouts);

    /// <summary>
    /// Takes the transport over. Without a resource manager the TPM is ours alone: it is started if nobody did, and what an earlier, killed
    /// client left loaded is flushed, because three objects fill it.
    /// </summary>
    public static Tpm Open(ITpmTransport transport, TpmTimeouts? timeouts = null)
    {
        var tpm = new Tpm(transport, timeouts ?? TpmTimeouts.Default);
        try
        {
            if (!transport.HasResourceManager)
            {
                tpm.StartupIfNeeded();
                tpm.FlushStale();
            }

            return tpm;
        }
        catch
        {
            tpm.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _unreachable = true;
        _transport.Dispose();
        _command.Dispose();
        _response.Dispose();
    }

    /// <summary>
    /// TPM2_FlushContext, called when something is disposed. When the connection is gone there is nothing to do: a resource manager flushes
    /// with it, and without one the next <see cref="Open(ITpmTransport, TpmTimeouts?)"/> does.
    /// </summary>
    internal void FlushIfReachable(uint handle)
    {
        try
        {
            if (!_unreachable)
            {
                FlushContext(handle);
            }
        }
        catch (Exception fault) when (fault is TpmException or TpmTransportException or TpmIntegrityException)
        {
            // Flushed already (a restart does it too), or the connection is lost or disturbed: this must not hide what went wrong before.
        }
    }

    private TpmResponse Run(
        TpmCc command,
        ReadOnlySpan<TpmEntity> handles,
        ReadOnlySpan<TpmAuthorization> authorizations,
        ReadOnlySpan<byte> parameters
    )
    {
        lock (_gate)
        {
            var shape = CommandShape.Of(command);
            using var plan = PinnedBytes.Of(parameters);
            var sessions = SessionLayer.Begin(shape, authorizations, plan.Span);
            try
            {
                var length = CommandFrame.Write(_command.Span, command, handles, authorizations, sessions, plan.Span);
                var answer = Persist(command, shape, length);
                return TpmResponse.Read(command, shape, _response.Span[..answer], authorizations, sessions);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(_command.Span);
                CryptographicOperations.ZeroMemory(_response.Span);
            }
        }
    }

    /// <summary>Sends the command in the buffer, again while the TPM asks for it; the length of the answer, which is a success.</summary>
    private int Persist(TpmCc command, CommandShape shape, int length)
    {
        var began = _timeouts.Time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var answer = Transact(length, shape.MakesKey ? _timeouts.KeyGeneration : _timeouts.Command);
            var code = TpmResponse.CodeOf(_response.Span[..answer]);
            if (code.Rc == TpmRc.SUCCESS)
            {
                return answer;
            }

            var pause = Backoff(code.Rc, attempt, _timeouts.Time.GetElapsedTime(began)) ?? throw new TpmException(command, code);
            Sleep(pause);
        }
    }

    /// <summary>How long to wait before the same command is sent again; nothing when it is not worth it any more.</summary>
    private TimeSpan? Backoff(TpmRc code, int attempt, TimeSpan waited) =>
        code switch
        {
            _ when TpmException.IsCodeOfOthers(code) && waited < _timeouts.Busy => TimeSpan.FromMilliseconds(2 << Math.Min(attempt, 7)),
            TpmRc.NV_RATE when waited < _timeouts.NvRate => TimeSpan.FromSeconds(1),
            _ => null,
        };

    private void Sleep(TimeSpan pause)
    {
        using var over = new ManualResetEventSlim();
        using var timer = _timeouts.Time.CreateTimer(_ => over.Set(), null, pause, Timeout.InfiniteTimeSpan);
        over.Wait();
    }

    private int Transact(int length, TimeSpan timeout)
    {
        if (_unreachable)
        {
            throw new TpmTransportException(TpmTransportFault.Closed, "the connection to the TPM was closed; open a new one");
        }

        try
        {
            CommandsSent++;
            return _transport.Transact(_command.Span[..length], _response.Span, timeout);
        }
        catch (Exception fault) when (fault is not TpmTransportException { Fault: TpmTransportFault.Rejected })
        {
            // Whatever arrives later would be read as the answer to another command.
            _unreachable = true;
            _transport.Dispose();
            throw;
        }
    }
}
