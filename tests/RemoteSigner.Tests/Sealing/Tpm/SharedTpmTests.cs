using RemoteSigner.Rig;

namespace RemoteSigner.Tests.Sealing.Tpm;

/// <summary>A TPM that another process uses all the time opens the vault as one of our own does.</summary>
[Trait("Speed", "slow")]
public sealed class SharedTpmTests : TpmVault
{
    private const int Openings = 1000;
    private const int Unseal = 0x15E;

    [Fact]
    public async Task A_thousand_openings_beside_a_process_that_never_rests()
    {
        await MakeVaultAsync();
        await using var shared = new SharedTpm(Software);
        using var neighbour = shared.StartNeighbour();
        try
        {
            await UntilAsync(() => shared.NeighbourRounds > 0);
            var attempts = 0;
            shared.SendFirst = command =>
            {
                attempts += SharedTpm.CodeOf(command) == Unseal ? 1 : 0;
                return null;
            };
            OnTheBus = bus => bus.HasResourceManager = true;
            var device = NewDevice(shared.Address);
            for (var opening = 0; opening < Openings; opening++)
            {
                Assert.Equal(1, await OpenAsync(device));
            }

            Assert.False(neighbour.HasExited);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{Openings} openings in {attempts} attempts, {shared.NeighbourRounds} "
                    + $"rounds of the other process, {shared.Commands} commands"
            );
            Assert.True(attempts > Openings, "no measurement came between a policy and its unsealing");
            Assert.True(shared.NeighbourRounds > Openings / 100, $"the other process came through {shared.NeighbourRounds} times only");
        }
        finally
        {
            neighbour.Kill(entireProcessTree: true);
            await neighbour.WaitForExitAsync();
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var attempt = 0; !holds(); attempt++)
        {
            Assert.True(attempt < 3000);
            await Task.Delay(10);
        }
    }
}
