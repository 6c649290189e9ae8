using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// Makes a key-encryption key in the token, proves it, and gives it a slot of the vault; with <paramref name="inPlaceOf"/> the slot of that key goes in the same change. The former key stays in its
/// token, because backups of the vault may need it.
/// </summary>
/// <param name="action">The action of the entry: <c>seal.enrol</c>, <c>seal.rotate</c> or <c>seal.recover</c>.</param>
public sealed class AddTokenSlot(string action, Pkcs11Token token, string keyLabel, IKeyEncryptionKey? inPlaceOf, TimeProvider time) : SlotAct<EnrolmentReport>
{
    private EnrolmentReport? _report;

    public override string Action => action;

    private protected override string Detail => $"key {Result.KeyLabel} ({Result.KeyId}) by {Result.Mechanism} in token {Result.TokenLabel} ({Result.TokenSerial})";

    internal override EnrolmentReport Result => _report!;

    private protected override async Task<IReadOnlyList<VaultSlot>> PlanAsync(Vault vault, CancellationToken cancellation)
    {
        var enrolment = await SealEnrolment.EnrolAsync(token, keyLabel, time, cancellation: cancellation);
        _report = enrolment.Report;
        return vault.Slots(await vault.PrepareSlotAsync(enrolment.Key, prove: true, cancellation), inPlaceOf is null ? null : (inPlaceOf.SlotType, inPlaceOf.Id));
    }
}
