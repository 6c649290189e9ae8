using System.Runtime.CompilerServices;
using RemoteSigner.Clusters;
using RemoteSigner.Host;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.House;

/// <summary>
/// The words that outlive the code: they stand in audit logs, metrics and answers, and others' programs match them. <c>stored-names.txt</c>
/// has each with the code made of it. Renaming a member changes nothing here; a new one fails until its word is chosen and written there.
/// </summary>
public sealed class StoredNamesTests
{
    [Fact]
    public void Every_name_that_leaves_this_program_is_the_one_that_was_chosen_for_it()
    {
        var names = Lines<DutyType>(DutyTypeNames.Name)
            .Concat(Lines<SlashingRule>(SlashingRuleNames.Name))
            .Concat(Lines<RollbackReason>(RollbackReasonNames.Name))
            .Concat(Lines<ClusterRule>(ClusterRuleNames.Name))
            .Concat(
                typeof(SignOutcome)
                    .GetNestedTypes()
                    .Select(type => ((SignOutcome)RuntimeHelpers.GetUninitializedObject(type)).Name)
                    .Order(StringComparer.Ordinal)
                    .Select(name => $"SignOutcome {name} {SnakeCase.Of(name)}")
            );

        Assert.Equal(File.ReadAllLines(Path.Combine(HouseTests.Root(), "tests/RemoteSigner.Tests/House/stored-names.txt")), names);
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

    // With the number, so that two names that change places are seen.
    private static IEnumerable<string> Lines<T>(Func<T, string> name)
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(value => $"{typeof(T).Name} {Convert.ToInt32(value)} {name(value)} {SnakeCase.Of(name(value))}");
}
