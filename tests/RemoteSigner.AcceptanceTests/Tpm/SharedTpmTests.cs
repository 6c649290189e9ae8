using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Tpm;

/// <summary>The published binary with a TPM that others use and measure into while it opens its vault.</summary>
public sealed class SharedTpmTests : TpmScene
{
    private const int Load = 0x157;
    private const int Unseal = 0x15E;

    // TPM_RC_CONTEXT_GAP, OBJECT_MEMORY, SESSION_MEMORY, MEMORY, SESSION_HANDLES, OBJECT_HANDLES, YIELDED, CANCELED, TESTING, RETRY, NV_UNAVAILABLE (part 2, 6.6.3).
    private static readonly uint[] _codesOfOthers = [0x901, 0x902, 0x903, 0x904, 0x905, 0x906, 0x908, 0x909, 0x90A, 0x922, 0x923];

    [Fact]
    public async Task Opens_through_ten_measurements_in_a_row_beside_a_process_that_never_rests()
    {
        await using var shared = new SharedTpm(Tpm);
        Home.Configure(options => options["tpm"]!["address"] = shared.Address);
        var attempts = 0;
        shared.SendFirst = command => SharedTpm.CodeOf(command) == Unseal && ++attempts <= 10 ? SharedTpm.ExtendCommand(10) : null;
        using var neighbour = shared.StartNeighbour();
        try
        {
            await AssertSignsAsync();

            Assert.False(neighbour.HasExited);
            Assert.True(attempts > 10);
            Assert.True(shared.NeighbourRounds > 0);
        }
        finally
        {
            neighbour.Kill(entireProcessTree: true);
            await neighbour.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Opens_though_the_TPM_says_that_others_have_its_places()
    {
        await using var shared = new SharedTpm(Tpm);
        Home.Configure(options => options["tpm"]!["address"] = shared.Address);
        var told = new Queue<uint>(_codesOfOthers);
        shared.AnswerInstead = command => SharedTpm.CodeOf(command) == Load && told.TryDequeue(out var code) ? code : null;

        await AssertSignsAsync();

        Assert.Empty(told);
    }
}
