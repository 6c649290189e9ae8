using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host.Cli;
using RemoteSigner.Host.Control;
using RemoteSigner.Keys;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.House;

/// <summary>
/// The words that outlive the code: they stand in audit logs, metrics and answers, and others' programs match them. <c>stored-names.txt</c>
/// has each by its
/// number. Renaming a member changes nothing there; a new one, or another word, fails until it is decided and written there.
/// </summary>
public sealed class StoredNamesTests
{
    [Fact]
    public void Every_name_that_leaves_this_program_is_the_one_that_was_chosen_for_it()
    {
        string[] words =
        [
            .. Lines<DutyType>("duty", DutyTypeNames.Name, DutyTypeNames.Code),
            .. Lines<SlashingRule>("slashing rule", SlashingRuleNames.Name, SlashingRuleNames.Code),
            .. Lines<RollbackReason>("rollback reason", RollbackReasonNames.Name, RollbackReasonNames.Code),
            .. Lines<ClusterRule>("cluster rule", ClusterRuleNames.Name, ClusterRuleNames.Code),
            .. Outcomes(),
            .. Lines<KeyState>("key state", KeyStateCodes.Code),
            .. Lines<AnchorKind>("anchor kind", AnchorKindCodes.Code),
            .. Lines<ShareProvenance>("share provenance", ShareProvenanceNames.Name, ShareProvenanceCodes.Code),
            .. Lines<ClusterFileFault>("cluster file fault", ClusterFileFaultCodes.Code),
            .. Lines<ClusterCheck>("cluster check", ClusterCheckCodes.Code),
            .. Lines<KeysharesCheck>("keyshares check", KeysharesCheckCodes.Code),
            .. Lines<SsvMessageKind>("SSV message", SsvMessageKindCodes.Code),
            .. Lines<SsvRole>("SSV role", SsvRoleNames.Name, SsvRoleNames.Code),
            .. Lines<SsvRight>("SSV right", SsvRightNames.Name),
            .. Lines<DeviceCondition>("device condition", DeviceConditionCodes.Code),
            .. Lines<SealingTpmFault>("TPM fault", SealingTpmFaultCodes.Code),
            .. Lines<VaultSlotType>("slot type", VaultSlotTypeNames.Name),
            .. Lines<KeystoreOrigin>("keystore origin", KeystoreOriginCodes.Code),
            .. Lines<KeystoreFault>("keystore fault", KeystoreFaultCodes.Code),
            .. Lines<ImportFault>("import fault", ImportFaultCodes.Code),
            .. Lines<OperatorMessageFault>("operator message fault", OperatorMessageFaultCodes.Code),
            .. Lines<AdminFault>("admin fault", AdminFaultCodes.Code),
            .. Lines<ExportedNames>("exported names", ExportedNamesWords.Word),
            .. Lines<InterchangeReading>("interchange reading", InterchangeReadingNames.Name),
            .. Lines<Fork>("fork", ForkNames.Name),
        ];
        var path = Path.Combine(HouseTests.Root(), "tests/RemoteSigner.Tests/House/stored-names.txt");
        if (Environment.GetEnvironmentVariable("REMOTE_SIGNER_WRITE") == "1")
        {
            File.WriteAllLines(path, words);
        }

        Assert.Equal(File.ReadAllLines(path), words);
    }

    [Fact]
    public void No_enum_is_written_as_JSON_by_the_name_of_its_member()
    {
        JsonSerializerContext[] contexts = [CliContext.Default, ControlContext.Default];

        Assert.Equal(
            [typeof(VaultSlotType)],
            contexts
                .SelectMany(context => context.GetType().GetProperties())
                .Where(property => property.PropertyType.IsSubclassOf(typeof(JsonTypeInfo)))
                .Select(property => property.PropertyType.GetGenericArguments()[0])
                .Where(type => type.IsEnum)
                .Distinct()
        );
        var report = new RegistrationReport.Rejection(VaultSlotType.Pkcs11AesGcm, "");
        Assert.Contains(
            $"\"{VaultSlotType.Pkcs11AesGcm.Name()}\"",
            JsonSerializer.Serialize(report, CliContext.Default.Rejection),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_refusal_is_counted_and_audited_under_the_rule_and_not_under_its_kind()
    {
        Assert.Equal("DoubleVote", new SignOutcome.Slashable(SlashingRule.DoubleVote, "").RuleName);
        Assert.Equal(
            "FenceNotMoved",
            new SignOutcome.RollbackCheckFailed(new RollbackRefusal(RollbackReason.FenceNotMoved, "", "")).RuleName
        );
        Assert.Equal(
            "GasLimitOutsideBand",
            new SignOutcome.ClusterPolicyViolation(new ClusterRefusal(ClusterRule.GasLimitOutsideBand, "")).RuleName
        );
        Assert.Equal("UnknownKey", new SignOutcome.UnknownKey().RuleName);
    }

    private static IEnumerable<string> Outcomes() =>
        typeof(SignOutcome)
            .GetNestedTypes()
            .Select(type => (SignOutcome)RuntimeHelpers.GetUninitializedObject(type))
            .Select(outcome => $"outcome: {outcome.Name} {outcome.Code}")
            .Order(StringComparer.Ordinal);

    // By the number, so that two that change places are seen, and a renamed member is not.
    private static IEnumerable<string> Lines<T>(string what, params Func<T, string>[] words)
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(value => $"{what} {Convert.ToInt32(value)}: {string.Join(' ', words.Select(word => word(value)))}");
}
