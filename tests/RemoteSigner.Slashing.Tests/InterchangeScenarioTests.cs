using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.Slashing;

public sealed class InterchangeScenarioTests
{
    [Theory]
    [MemberData(nameof(InterchangeScenario.Files), MemberType = typeof(InterchangeScenario))]
    public async Task Decides_as_the_scenario_says(string file)
    {
        var scenario = InterchangeScenario.Read(file);
        await using var signer = await CreateAsync(scenario);

        foreach (var step in scenario.Steps)
        {
            await ImportAsync(signer, step);
            await DecideAsync(signer, step, attempt => attempt.ShouldSucceed);
        }
    }

    [Theory]
    [MemberData(nameof(InterchangeScenario.Files), MemberType = typeof(InterchangeScenario))]
    public async Task Decides_the_same_after_every_step_was_exported_to_a_fresh_ledger(string file)
    {
        var scenario = InterchangeScenario.Read(file);
        var signer = await CreateAsync(scenario);
        foreach (var step in scenario.Steps)
        {
            await ImportAsync(signer, step);
            signer = await MoveAsync(signer);
            await DecideAsync(signer, step, attempt => attempt.ShouldSucceed);
            signer = await MoveAsync(signer);
        }

        await signer.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(InterchangeScenario.Files), MemberType = typeof(InterchangeScenario))]
    public async Task Grants_nothing_more_when_the_file_is_trusted_less(string file)
    {
        var scenario = InterchangeScenario.Read(file);
        await using var signer = await CreateAsync(scenario);

        foreach (var step in scenario.Steps)
        {
            await ImportAsync(signer, step, InterchangeReading.LowWatermarksAtLowest);
            await DecideAsync(signer, step, attempt =>
                attempt.ShouldSucceed && !file.EndsWith("single_message_gap.json", StringComparison.Ordinal) ? true : null
            );
        }
    }

    private static Task<TemporarySigner> CreateAsync(InterchangeScenario scenario) =>
        TemporarySigner.CreateAsync(TemporarySigner.Minimal with { GenesisValidatorsRoot = scenario.GenesisValidatorsRoot });

    private static async Task ImportAsync(
        TemporarySigner signer,
        InterchangeScenario.Step step,
        InterchangeReading reading = InterchangeReading.Complete
    )
    {
        if (step.ShouldSucceed)
        {
            await signer.Slashing.ImportAsync(new MemoryStream(step.Interchange), reading);
        }
        else
        {
            await Assert.ThrowsAsync<InterchangeException>(() => signer.Slashing.ImportAsync(new MemoryStream(step.Interchange), reading));
        }
    }

    private static async Task DecideAsync(
        TemporarySigner signer,
        InterchangeScenario.Step step,
        Func<InterchangeScenario.Attempt, bool?> expected
    )
    {
        foreach (var attempt in step.Attempts)
        {
            var key = new ProtectedKey(attempt.Key, null);
            Assert.IsType<Registration.Enrolled>(await signer.RegisterAsync(key));

            var granted = await signer.RequestAsync(key, attempt.Content, attempt.Root) is PermitDecision.Granted;

            Assert.True(granted == (expected(attempt) ?? (granted && attempt.ShouldSucceed)), $"{attempt}: {granted}");
        }
    }

    private static async Task<TemporarySigner> MoveAsync(TemporarySigner from)
    {
        var to = await from.MoveAsync(InterchangeReading.Complete);
        await from.DisposeAsync();
        return to;
    }
}
