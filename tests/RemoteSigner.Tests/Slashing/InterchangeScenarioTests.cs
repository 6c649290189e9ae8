using RemoteSigner.Consensus.Slashing;

namespace RemoteSigner.Tests.Slashing;

public sealed class InterchangeScenarioTests
{
    [Theory]
    [MemberData(nameof(InterchangeScenario.Files), MemberType = typeof(InterchangeScenario))]
    public async Task Decides_as_the_scenario_says(string file)
    {
        var scenario = InterchangeScenario.Read(file);
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
