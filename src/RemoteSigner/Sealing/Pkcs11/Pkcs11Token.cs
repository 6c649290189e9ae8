using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>
/// A PKCS#11 token that may hang, vanish and come back. Calls run on threads of their own under retry, circuit breaker and time-out;
/// recovery climbs a ladder (new session, then C_Finalize and C_Initialize) and counts only when a known answer was given. A PIN the token
/// refused is never sent again. Keeps the PIN in secret memory, to log in after a loss; disposing it zeroes the PIN.
/// </summary>
public sealed class Pkcs11Token : ISealingDevice
{
    private readonly Pkcs11Module _module;
    private readonly Pkcs11Threads _threads;
    private readonly TokenTimeouts _timeouts;
    private readonly TokenCounters _counters = new();
    private readonly TokenHistory _history;
    private readonly ResiliencePipeline _pipeline;
    private readonly ResiliencePipeline _watchdog;
    private readonly ResiliencePipeline _slowWatchdog;
    private readonly CircuitBreakerStateProvider _breaker = new();
    private readonly bool _moduleInUse;
    private readonly TokenPin _pin;

    /// <summary>
    /// Names a token; nothing is loaded before the first call. Takes over <paramref name="pin"/> and disposes it; null when the token wants
    /// none.
    /// </summary>
    public Pkcs11Token(
        HsmProfile profile,
        TokenAddress address,
        SecretBytes? pin,
        SecretArena arena,
        TimeProvider time,
        TokenTimeouts? timeouts = null
    )
    {
        (Profile, Address, Arena, _timeouts) = (profile, address, arena, timeouts ?? new TokenTimeouts());
        _pin = new TokenPin(address.Label, pin, _timeouts.Call, time);
        _history = new TokenHistory(time);
        _module = Pkcs11Module.At(address.ModulePath);
        _threads = new Pkcs11Threads(profile.Login.Threads, _timeouts.StuckThreads);
        _pipeline = TokenPipeline.Build(_timeouts, time, _breaker, e => IsLoss(e));
        _watchdog = TokenPipeline.BuildWatchdog(_timeouts.Call, time);
        _slowWatchdog = TokenPipeline.BuildWatchdog(_timeouts.KeyGeneration, time);
        _moduleInUse = _module.Epoch > 0;
    }

    public HsmProfile Profile { get; }

    public TokenAddress Address { get; }

    public string Description => $"token '{Address.Label}'";

    DeviceCondition ISealingDevice.Condition => Condition();

    string? ISealingDevice.LastError => _history.LastError?.Message;

    /// <summary>How the token is doing.</summary>
    public TokenState State =>
        new(
            Condition(),
            _history.LastError?.Fault,
            _history.LastError?.Message,
            _history.LastErrorAt,
            Interlocked.Read(ref _counters.Operations),
            Interlocked.Read(ref _counters.LoginAttempts),
            _threads.Stuck
        );

    internal SecretArena Arena { get; }

    /// <summary>
    /// Asks the token a question whose answer is known; set by the key that is in use, run on each session that follows a failure.
    /// </summary>
    internal Action<Pkcs11Session>? KnownAnswer { get; set; }

    /// <summary>Opens a session and logs in, which proves module, token and PIN. Returns the token's serial number.</summary>
    /// <exception cref="TokenException">What is wrong, with a hint.</exception>
    public Task<string> ConnectAsync(CancellationToken cancellation = default) => RunAsync(session => session.Serial, cancellation);

    async Task<IKeyEncryptionKey?> ISealingDevice.FindKeyAsync(IReadOnlyList<VaultSlot> slots, CancellationToken cancellation) =>
        slots.Any(slot => slot.IsPkcs11) ? await Pkcs11Key.FindAsync(this, slots, cancellation) : null;

    /// <summary>
    /// Takes over another PIN after one was refused; the old one is zeroed. The refused one given again stays refused and is not sent.
    /// </summary>
    public void GivePin(SecretBytes pin) => _pin.Give(pin);

    public void Dispose()
    {
        _threads.Dispose();
        _pin.Dispose();
    }

    /// <summary>Runs <paramref name="work"/> with a session, and again after a loss.</summary>
    internal Task<T> RunAsync<T>(Func<Pkcs11Session, T> work, CancellationToken cancellation) => RunAsync(_pipeline, work, cancellation);

    /// <summary>Runs <paramref name="work"/> once: for trials that are meant to fail.</summary>
    internal Task<T> RunOnceAsync<T>(Func<Pkcs11Session, T> work, CancellationToken cancellation) =>
        RunAsync(_watchdog, work, cancellation);

    /// <summary>Runs <paramref name="work"/> once, with the timeout that making a key needs.</summary>
    internal Task<T> RunSlowlyAsync<T>(Func<Pkcs11Session, T> work, CancellationToken cancellation) =>
        RunAsync(_slowWatchdog, work, cancellation);

    private async Task<T> RunAsync<T>(ResiliencePipeline pipeline, Func<Pkcs11Session, T> work, CancellationToken cancellation)
    {
        try
        {
            return await pipeline.ExecuteAsync(async token => await _threads.RunAsync(worker => Climb(worker, work), token), cancellation);
        }
        catch (TimeoutRejectedException)
        {
            var hung = new TokenException(
                TokenFault.Hung,
                $"the token '{Address.Label}' did not answer within "
                    + $"{(pipeline == _slowWatchdog ? _timeouts.KeyGeneration : _timeouts.Call).TotalSeconds:0.#} s",
                "check the device and its network; the stuck call was given up"
            );
            _history.Failed(hung, _module.Epoch);
            throw hung;
        }
        catch (BrokenCircuitException e)
        {
            throw new TokenException(
                TokenFault.CircuitOpen,
                $"the token '{Address.Label}' failed too often and is left alone for a moment: {_history.LastError?.Message}",
                "mend the cause; the signer tries again by itself",
                e
            );
        }
    }

    /// <summary>One try on the worker's thread, with as many rungs of the recovery ladder as the failures before it call for.</summary>
    private T Climb<T>(Pkcs11Worker worker, Func<Pkcs11Session, T> work)
    {
        _pin.RefuseRefused();
        try
        {
            if (_history.NeedsRestart(_module.Epoch))
            {
                _module.Restart(_module.Epoch);
            }

            var result = _module.Call(() => Try(worker, work));
            _history.Succeeded();
            return result;
        }
        catch (TokenException e)
        {
            _history.Failed(e, _module.Epoch);
            throw;
        }
    }

    private T Try<T>(Pkcs11Worker worker, Func<Pkcs11Session, T> work)
    {
        var proven = false;
        try
        {
            var session = CurrentSession(worker, ref proven);
            return work(session);
        }
        catch (TokenException e)
        {
            worker.DropSession();
            if (e.Fault == TokenFault.TokenAbsent && _history.EverSucceeded)
            {
                throw new TokenException(
                    TokenFault.DeviceLost,
                    $"the token '{Address.Label}' is no longer present",
                    "connect it again; the signer goes on trying with pauses",
                    e
                );
            }

            if (proven && e.MayBeOfInput)
            {
                throw new TokenException(
                    TokenFault.InputRefused,
                    $"{e.Message}, though it has just given a known answer: it is the sealed bytes that are wrong",
                    "the sealed bytes were changed, or sealed under another key",
                    e
                );
            }

            throw;
        }
    }

    private Pkcs11Session CurrentSession(Pkcs11Worker worker, ref bool proven)
    {
        if (worker.Session is { } session && session.Epoch == _module.Epoch)
        {
            return session;
        }

        worker.DropSession();
        worker.Session = Pkcs11Session.Open(_module, Address, Profile.Login.ReadWriteSession, _pin, _counters);
        if (_history.FailuresInRow > 0 && KnownAnswer is { } question)
        {
            question(worker.Session);
            proven = true;
        }

        return worker.Session;
    }

    // Modules know the slots of the moment they were initialised: an absent token is final only if that has just been.
    private bool IsLoss(Exception fault) =>
        fault is TimeoutRejectedException
        || (
            fault is TokenException token
            && (token.Fault == TokenFault.DeviceLost || (token.Fault == TokenFault.TokenAbsent && _moduleInUse))
        );

    private DeviceCondition Condition() =>
        (_pin.IsRefused, _breaker.CircuitState, _history.FailuresInRow) switch
        {
            (true, _, _) => DeviceCondition.PinRefused,
            (_, CircuitState.Open or CircuitState.Isolated, _) => DeviceCondition.Resting,
            (_, _, > 0) => DeviceCondition.Failing,
            _ => DeviceCondition.Ready,
        };
}
