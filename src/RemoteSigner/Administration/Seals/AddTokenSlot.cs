using RemoteSigner.Audit;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// Makes a key-encryption key in the token, proves it, and gives it a slot of the vault. In place of another key, or of devices that are
/// lost, the vault gets another root key with it: the former key stays in its token, because backups of the vault may need it, and opens
/// those alone.
/// </summary>
public sealed class AddTokenSlot : SlotAct<RegistrationReport>
{
    private readonly Pkcs11Token _token;
    private readonly string _keyLabel;
    private readonly Func<Vault, CancellationToken, Task<IReadOnlyCollection<VaultSlot>>> _gone;
    private readonly SlotReach? _reach;
    private readonly TimeProvider _time;
    private RegistrationReport? _report;

    private AddTokenSlot(
        string action,
        Pkcs11Token token,
        string keyLabel,
        Func<Vault, CancellationToken, Task<IReadOnlyCollection<VaultSlot>>> gone,
        SlotReach? reach,
        TimeProvider time
    ) => (Action, _token, _keyLabel, _gone, _reach, _time) = (action, token, keyLabel, gone, reach, time);

    /// <summary>One more way in: <c>seal.enrol</c>.</summary>
    public AddTokenSlot(Pkcs11Token token, string keyLabel, TimeProvider time)
        : this(AuditActions.SealEnrol, token, keyLabel, (_, _) => Task.FromResult<IReadOnlyCollection<VaultSlot>>([]), null, time) { }

    public override string Action { get; }

    private protected override string Detail =>
        $"key {Result.KeyLabel} ({Result.KeyId}) by {Result.Mechanism.Name()} in token {Result.TokenLabel} ({Result.TokenSerial})";

    internal override RegistrationReport Result => _report!;

    /// <summary>In place of one key: <c>seal.rotate</c>.</summary>
    public static AddTokenSlot InPlaceOf(
        IKeyEncryptionKey former,
        Pkcs11Token token,
        string keyLabel,
        SlotReach reach,
        TimeProvider time
    ) =>
        new(
            AuditActions.SealRotate,
            token,
            keyLabel,
            (vault, _) => Task.FromResult<IReadOnlyCollection<VaultSlot>>([.. vault.Contents.Slots.Where(slot => slot.BelongsTo(former))]),
            reach,
            time
        );

    /// <summary>In place of every device that is not here: <c>seal.recover</c>.</summary>
    public static AddTokenSlot AfterLoss(Pkcs11Token token, string keyLabel, SlotReach reach, TimeProvider time) =>
        new(AuditActions.SealRecover, token, keyLabel, (vault, cancellation) => LostAsync(vault, reach, cancellation), reach, time);

    private protected override async Task<SlotPlan> PlanAsync(Vault vault, CancellationToken cancellation) =>
        new(await _gone(vault, cancellation), EnrolAsync, _reach);

    private async Task<IKeyEncryptionKey> EnrolAsync(CancellationToken cancellation)
    {
        var enrolment = await SealEnrolment.EnrolAsync(_token, _keyLabel, _time, cancellation: cancellation);
        _report = enrolment.Report;
        return enrolment.Key;
    }

    private static async Task<IReadOnlyCollection<VaultSlot>> LostAsync(Vault vault, SlotReach reach, CancellationToken cancellation)
    {
        List<VaultSlot> devices = [.. vault.Contents.Slots.Where(slot => slot.IsHardware)];
        return [.. devices.Except(await reach.AtHandAsync(devices, cancellation))];
    }
}
