using RemoteSigner.Consensus.Slashing;

namespace RemoteSigner.Tests.Slashing;

public sealed class InterchangeScenarioTests
{
    [Fact]
    public void Finds_all_scenarios_of_v5_3_0()
    {
        Assert.SkipWhen(InterchangeScenario.Folder is null && Environment.GetEnvironmentVariable("CI") != "true", "the shared vectors are not here");

        Assert.Equal(38, InterchangeScenario.Names().Count);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(InterchangeScenario.Names), MemberType = typeof(InterchangeScenario))]
    public async Task Decides_as_the_scenario_says(string name)
    {
        var scenario = InterchangeScenario.Read(name);
        await using var signer = await TemporarySigner.CreateAsync(TemporarySigner.Minimal with { GenesisValidatorsRoot = scenario.GenesisValidatorsRoot });

        foreach (var step in scenario.Steps)
        {
            await ImportAsync(signer, step);
            await DecideAsync(signer, step);
        }
    }

    private static async Task ImportAsync(TemporarySigner signer, InterchangeScenario.Step step)
    {
        if (step.ShouldSucceed)
        {
            await signer.Slashing.ImportAsync(new MemoryStream(step.Interchange));
        }
        else
        {
            await Assert.ThrowsAsync<InterchangeException>(() => signer.Slashing.ImportAsync(new MemoryStream(step.Interchange)));
        }
    }

    private static async Task DecideAsync(TemporarySigner signer, InterchangeScenario.Step step)
    {
        foreach (var attempt in step.Attempts)
        {
            var key = new ProtectedKey(attempt.Key, null);
            Assert.IsType<Registration.Active>(await signer.Slashing.RegisterAsync(key, SlashingFloor.FromHistory));

            var decision = await signer.RequestAsync(key, attempt.Content, attempt.Root);

            Assert.True(attempt.ShouldSucceed == decision is PermitDecision.Granted, $"{attempt}: {decision}");
        }
    }
}
