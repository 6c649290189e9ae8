using System.Globalization;
using RemoteSigner.Oracle;
using RemoteSigner.Oracle.Model;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>
/// Random steps on the real slashing protection, on real SQLite, and the real start protocol and fence; the same steps on the verified
/// model, translated to C#: the same verdict each time. <c>REMOTE_SIGNER_STEPS</c> says how many (<c>make test</c>: a million),
/// <c>REMOTE_SIGNER_SEED</c> which.
/// </summary>
[Trait("Speed", "slow")]
[Collection(DifferentialCollection.Name)]
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const long UsualSteps = 100_000;
    private const ulong UsualSeed = 20261129;

    // From here on each case has to have happened.
    private const long EnoughSteps = 500_000;

    // Each mutation is noticed in far fewer.
    private const long StepsForMutations = 150_000;

    public static TheoryData<string> Mutations =>
        [.. typeof(IModelLedger).Assembly.GetTypes().Where(IsMutation).Select(type => type.Namespace!.Split('.')[^1])];

    [Fact]
    public async Task Program_and_verified_model_agree_at_every_step()
    {
        var seed = Given("REMOTE_SIGNER_SEED", UsualSeed);
        var run = new DifferentialRun(seed, (long)Given("REMOTE_SIGNER_STEPS", UsualSteps), new ModelLedger());

        var disagreement = await run.FindDisagreementAsync();

        await ReportAsync(
            $"differential test: {run.Done:n0} steps in {run.Took.TotalSeconds:f0} s, seed "
                + $"{seed}{Environment.NewLine}{run.Tally}{Environment.NewLine}"
        );
        Assert.True(disagreement is null, disagreement);
        Assert.Empty(Cases.All.Where(_ => run.Done >= EnoughSteps).Except(run.Tally.Counts.Keys));
    }

    /// <summary>That it can fail: beside a model with a rule that is wrong, the right program disagrees.</summary>
    [Theory]
    [MemberData(nameof(Mutations))]
    public async Task A_wrong_rule_in_the_model_is_noticed(string mutation)
    {
        var mutant = typeof(IModelLedger)
            .Assembly.GetTypes()
            .Single(type => IsMutation(type) && type.Namespace!.EndsWith("." + mutation, StringComparison.Ordinal));
        var run = new DifferentialRun(UsualSeed, StepsForMutations, (IModelLedger)Activator.CreateInstance(mutant)!);

        var disagrees = await run.DisagreesAsync();

        output.WriteLine($"{mutation}: {(disagrees ? "" : "not ")}noticed in {run.Done:n0} steps");
        Assert.True(disagrees);
    }

    [Fact]
    public void The_mutated_rules_of_what_was_told_and_of_merged_histories_are_among_them() =>
        Assert.Superset(
            new HashSet<string> { "ImportedRootIsGrantedAgain", "MergedHistoryIsGrantedAgain", "LateRecordIsTrusted" },
            Mutations.Select(row => row.Data).ToHashSet()
        );

    private static bool IsMutation(Type type) =>
        type.IsAssignableTo(typeof(IModelLedger)) && type is { IsClass: true, IsAbstract: false } && type != typeof(ModelLedger);

    private static ulong Given(string name, ulong usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? ulong.Parse(given, CultureInfo.InvariantCulture) : usual;

    // A runner shows no output of a test that passes: tests/run.sh names a file to show.
    private async Task ReportAsync(string report)
    {
        output.WriteLine(report);
        if (Environment.GetEnvironmentVariable("REMOTE_SIGNER_DIFFERENTIAL_REPORT") is { Length: > 0 } file)
        {
            await File.WriteAllTextAsync(file, report, TestContext.Current.CancellationToken);
        }
    }
}
