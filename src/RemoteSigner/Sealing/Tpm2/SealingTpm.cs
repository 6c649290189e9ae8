using RemoteSigner.Native;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// A TPM 2.0 that may hang, restart and come back. Each piece of work opens a connection of its own and runs on a thread of its own, one at
/// a time: a TPM is asked when a vault is opened and a few times a day, and what it lost in a restart was never kept. Every answer is
/// awaited for a bounded time.
/// </summary>
public sealed class SealingTpm : ISealingDevice
{
    /// <summary>How a TPM gets a slot that cannot open the vault itself, for people.</summary>
    internal const string AnotherSlot =
        "'remote-signer tpm provision --another-tpm', with --recovery-key FILE or, for "
        + "the slot of a token, with that one under seal in signer.json";

    private readonly Func<ITpmTransport> _connect;
    private readonly TpmTimeouts? _timeouts;
    private readonly PinSource? _owner;
    private readonly SecretArena _arena;
    private readonly TpmPin _pin;
    private TpmPin? _newPin;
    private readonly SemaphoreSlim _one = new(1);
    private volatile SealingTpmException? _trouble;

    /// <summary>Names a TPM; nothing is opened, and no PIN asked for, before it is needed.</summary>
    /// <param name="approvals">Which states of the machine may open the vault.</param>
    /// <param name="pin">Of the slots that want one.</param>
    /// <param name="owner">The owner hierarchy's authorization value, where it has one; read when something is provisioned.</param>
    /// <exception cref="FormatException">The address names no TPM.</exception>
    public SealingTpm(
        string address,
        FirmwareApprovalFolder approvals,
        PinSource pin,
        PinSource? owner,
        SecretArena arena,
        TpmTimeouts? timeouts = null
    )
        : this(TpmAddress.Parse(address).Connect, address, approvals, pin, owner, arena, timeouts) { }

    /// <summary>The same over a transport of the caller's.</summary>
    internal SealingTpm(
        Func<ITpmTransport> connect,
        string address,
        FirmwareApprovalFolder approvals,
        PinSource pin,
        PinSource? owner,
        SecretArena arena,
        TpmTimeouts? timeouts
    )
    {
        (_connect, Description, Approvals, _owner, _arena, _timeouts) = (connect, $"TPM {address}", approvals, owner, arena, timeouts);
        _pin = new TpmPin(pin, arena);
    }

    public string Description { get; }

    public DeviceCondition Condition =>
        _pin.IsRefused ? DeviceCondition.PinRefused
        : _trouble is null ? DeviceCondition.Ready
        : DeviceCondition.Failing;

    public string? LastError { get; private set; }

    public FirmwareApprovalFolder Approvals { get; }

    /// <summary>
    /// Names of the storage root keys that the vault has slots for, from outside its file: the TPM must show one of them before it is told
    /// or shown anything. Empty where there is none, or where a person says that this TPM is another one: then what it shows is believed.
    /// </summary>
    public IReadOnlyList<TpmName> Roots { get; set; } = [];

    internal TpmPin Pin => _pin;

    /// <summary>A PIN that another object is to want from now on, beside the one of the present slot; given up with the device.</summary>
    internal TpmPin NewPin(PinSource source)
    {
        _newPin?.Dispose();
        return _newPin = new TpmPin(source, _arena);
    }

    /// <summary>With several TPM slots the TPM is asked which one is its own; with one, opening shows it.</summary>
    public async Task<IKeyEncryptionKey?> FindKeyAsync(IReadOnlyList<VaultSlot> slots, CancellationToken cancellation = default)
    {
        var mine = slots.Where(slot => slot.Type == VaultSlotType.Tpm2Sealed).ToList();
        if (mine.Count > 1)
        {
            var name = await ReadNameAsync(cancellation);
            mine = mine.FindAll(slot => slot.KeyId.Span.SequenceEqual(name.Bytes)) is { Count: 1 } found ? found : mine;
        }

        return mine.Count == 0 ? null : TpmSealedKey.Of(this, mine[0]);
    }

    /// <summary>Is the TPM's storage root key the one that this slot names? Not where there is no TPM.</summary>
    /// <exception cref="SealingTpmException">The TPM failed.</exception>
    public async Task<bool> OwnsAsync(VaultSlot slot, CancellationToken cancellation = default)
    {
        try
        {
            var name = await ReadNameAsync(cancellation);
            return slot.Type == VaultSlotType.Tpm2Sealed && slot.KeyId.Span.SequenceEqual(name.Bytes);
        }
        catch (SealingTpmException none) when (none.Fault is SealingTpmFault.WrongStorageRootKey or SealingTpmFault.Unreachable)
        {
            return false;
        }
    }

    public void GivePin(SecretBytes pin) => _pin.Give(pin);

    public void Dispose()
    {
        _pin.Dispose();
        _newPin?.Dispose();
        _one.Dispose();
    }

    /// <summary>The Name of the TPM's storage root key.</summary>
    /// <exception cref="SealingTpmException">The TPM failed, or has none.</exception>
    public Task<TpmName> ReadNameAsync(CancellationToken cancellation = default) =>
        RunAsync(
            tpm =>
            {
                using var key = ReadRoot(tpm);
                return key.Name;
            },
            cancellation
        );

    /// <summary>The TPM's clock; not proven, as TPM2_ReadClock takes no session.</summary>
    /// <exception cref="SealingTpmException">The TPM failed.</exception>
    public Task<TpmTime> ReadClockAsync(CancellationToken cancellation = default) => RunAsync(tpm => tpm.ReadClock(), cancellation);

    /// <summary>Runs <paramref name="work"/> on a new connection; every fault comes out in an operator's words.</summary>
    internal async Task<T> RunAsync<T>(Func<Tpm, T> work, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            // The codec blocks for as long as the TPM is silent: that is no work for a thread of the pool.
            var result = await Task.Factory.StartNew(
                () => Work(work),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
            _trouble = null;
            return result;
        }
        catch (Exception e) when (e is TpmException or TpmTransportException or TpmIntegrityException or SealingTpmException)
        {
            var fault = TpmFaults.Of(e, Description);
            (_trouble, LastError) = (fault, fault.Message);
            throw fault;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The storage root key, to be pinned or, when something is provisioned, to be recorded.</summary>
    internal TpmObject ReadRoot(Tpm tpm)
    {
        try
        {
            return tpm.ReadStorageRootKey();
        }
        catch (TpmException e) when (e.Rc == TpmRc.HANDLE)
        {
            throw new SealingTpmException(
                SealingTpmFault.WrongStorageRootKey,
                $"the {Description} has no storage root key: it is a new one, or was cleared",
                $"open the vault through another slot and give this TPM one: {AnotherSlot}",
                e
            );
        }
    }

    /// <summary>
    /// The storage root key as one to salt sessions with: one of <see cref="Roots"/>, and where there are none the one that is shown.
    /// </summary>
    /// <exception cref="SealingTpmException">This TPM is none that the vault has a slot for.</exception>
    internal PinnedKey PinRoot(Tpm tpm)
    {
        using var found = ReadRoot(tpm);
        return Knows(found.Name)
            ? found.Pin(found.Name)
            : throw new SealingTpmException(
                SealingTpmFault.WrongStorageRootKey,
                $"the {Description} shows the storage root key {found.Name}, and the vault has no slot for "
                    + "that one: this is another TPM, or a cleared one, or somebody is on the bus",
                $"find out which; where it is another TPM of yours, give it a slot: {AnotherSlot}"
            );
    }

    /// <summary>
    /// Before anything is done with a PIN towards the TPM whose storage root key a slot names: nobody but the ledger says that this slot is
    /// of the vault.
    /// </summary>
    /// <exception cref="SealingTpmException">It is none of <see cref="Roots"/>.</exception>
    internal void RequireKnown(TpmName root)
    {
        if (!Knows(root))
        {
            throw new SealingTpmException(
                SealingTpmFault.WrongStorageRootKey,
                $"the PIN is not used with the {Description}: the vault that is here has a slot for its storage root key "
                    + $"{root}, and the one that the ledger remembers has not, so it was replaced, or an older one was put back",
                "find out which; who put it back himself, and knows this TPM, takes it with "
                    + "'remote-signer rollback-protection clear --accept-risk', which uses the PIN"
            );
        }
    }

    /// <summary>May a TPM with this storage root key be used for the vault?</summary>
    internal bool Knows(TpmName root) => Roots.Count == 0 || Roots.Contains(root);

    /// <summary>The owner hierarchy's authorization value; null where none is configured. The caller disposes it.</summary>
    internal SecretBytes? ReadOwner() => _owner?.Read(_arena);

    /// <summary>A session that proves the owner's authorization without showing it.</summary>
    internal TpmSession StartOwnerSession(Tpm tpm, PinnedKey root)
    {
        using var owner = ReadOwner();
        var session = tpm.StartHmacSession(root);
        session.SetAuthValue(owner is null ? [] : owner.Span);
        return session;
    }

    /// <summary>The revocation counter of the vault with this context; made where need be.</summary>
    internal NvIndex ProvideCounter(Tpm tpm, PinnedKey root, ReadOnlySpan<byte> context)
    {
        using var owner = StartOwnerSession(tpm, root);
        try
        {
            return RevocationCounter.Provide(tpm, TpmHandles.Revocation(context), owner);
        }
        catch (TpmException e) when (e.Rc is TpmRc.BAD_AUTH or TpmRc.AUTH_FAIL)
        {
            throw OwnerRefused(e);
        }
    }

    /// <summary>The refusal of the owner's authorization in an operator's words.</summary>
    internal SealingTpmException OwnerRefused(TpmException fault) =>
        new(
            SealingTpmFault.OwnerRefused,
            $"the owner hierarchy of the {Description} wants its authorization value, and not the one that was given: {fault.Message}",
            "give it as tpm.ownerAuthFile in signer.json, or with --owner-auth-file where the command takes that",
            fault
        );

    private T Work<T>(Func<Tpm, T> work)
    {
        using var tpm = Tpm.Open(_connect(), _timeouts);
        return work(tpm);
    }
}
