using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Tpm;

/// <summary>The published binary with a TPM that others use and measure into while it opens its vault.</summary>
public sealed class SharedTpmTests : TpmScene
{
    private const int Load = 0x157;
    private const int UndefineSpace = 0x122;
    private const int Unseal = 0x15E;
    private const int NvIncrement = 0x134;
    private const int Failure = 0x101;

    // TPM_RC_CONTEXT_GAP, OBJECT_MEMORY, SESSION_MEMORY, MEMORY, SESSION_HANDLES, OBJECT_HANDLES, YIELDED, CANCELED, TESTING, RETRY,
    // NV_UNAVAILABLE (part 2, 6.6.3).
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

    /// <summary>The counter of the fence's next place is defined, under a root key that the vault never gets, and not counted.</summary>
    [Fact]
    public async Task A_rekey_that_lost_the_TPM_behind_the_definition_of_its_counter_is_repeated()
    {
        await using var shared = new SharedTpm(Tpm);
        Home.Configure(options => options["tpm"]!["address"] = shared.Address);
        shared.AnswerInstead = command => SharedTpm.CodeOf(command) == NvIncrement ? Failure : null;
        Assert.Equal(1, (await Home.RunAsync("seal", "rekey", "--release-key", ReleaseKey)).ExitCode);
        shared.AnswerInstead = _ => null;

        var status = (await Home.RunAsync("tpm", "status", "--json")).Succeeded();
        foreach (
            var use in (string[])
                [
                    "starts (rollback protection), of the present root key",
                    "starts (rollback protection), of the root key before or after it",
                ]
        )
        {
            Assert.Contains(use, status.Output, StringComparison.Ordinal);
        }

        foreach (
            var verb in (string[][])
                [
                    ["seal", "rekey"],
                    ["tpm", "revoke"],
                    ["tpm", "provision"],
                ]
        )
        {
            (await Home.RunAsync([.. verb, "--release-key", ReleaseKey])).Succeeded();
        }

        await AssertSignsAsync();
    }

    [Fact]
    public async Task The_recovery_key_goes_on_where_the_TPM_was_lost_before_the_fence_could_follow()
    {
        await Home.AddRecoverySlotAsync();
        var vault = await File.ReadAllBytesAsync(Home.VaultFile, TestContext.Current.CancellationToken);
        await using (var shared = new SharedTpm(Tpm))
        {
            Home.Configure(options => options["tpm"]!["address"] = shared.Address);
            shared.AnswerInstead = _ => File.ReadAllBytes(Home.VaultFile).AsSpan().SequenceEqual(vault) ? null : 0x101;
            Refusal.IsTold(await Home.RunAsync("seal", "rekey", "--release-key", ReleaseKey), "the fence has not followed yet");
        }

        await using var other = await SoftwareTpm.StartAsync(Directory.CreateDirectory(Home.Beside("other")).FullName);
        Home.Configure(options => options["tpm"]!["address"] = other.Address);
        (await Home.RunAsync("tpm", "provision", "--recovery-key", Home.RecoveryKey, "--another-tpm")).Succeeded();

        (await Home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();
        await using var signer = await Home.StartAsync();
        Assert.Contains("low_watermarks_raised", (await signer.HealthWhenAsync(_ => true)).Text, StringComparison.Ordinal);
    }

    /// <summary>
    /// As long as the former place is there it vouches for copies from before, with bounds that nothing signed since may be beyond.
    /// </summary>
    [Fact]
    public async Task A_running_signer_whose_former_fence_does_not_go_promises_no_more_until_it_does()
    {
        await using var shared = new SharedTpm(Tpm);
        Home.Configure(options => options["tpm"]!["address"] = shared.Address);
        await using var signer = await Home.StartAsync();
        using var client = ClientCertificate.Connect(signer, Home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, await VoteAsync(client, Chain.Epoch));
        Home.BackUp("copy");
        shared.AnswerInstead = command => SharedTpm.CodeOf(command) == UndefineSpace ? 0x101u : null;
        Refusal.IsTold(await Home.RunAsync("seal", "rekey", "--release-key", ReleaseKey), "the fence has not followed yet");

        Assert.Equal(HttpStatusCode.OK, await VoteAsync(client, Chain.Epoch + 1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await VoteAsync(client, Chain.Epoch + 2000));

        shared.AnswerInstead = _ => null;
        await UntilAsync(async () => await VoteAsync(client, Chain.Epoch + 2000) == HttpStatusCode.OK);
        await signer.KillAsync();
        Home.PutBack("copy");
        using var status = System.Text.Json.JsonDocument.Parse(
            (await Home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output
        );
        Assert.Equal("refuse", status.RootElement.GetProperty("nextStart").GetString());
    }

    // No slot window: the epochs are the test's own.
    protected override Task<SignerHome> CreateHomeAsync() => SignerHome.CreateInTpmAsync("hoodi", 2, "--client", "vc", "--no-slot-window");

    private async Task<HttpStatusCode> VoteAsync(HttpClient client, ulong target) =>
        (
            await client.SignAsync(
                Home.Keys[0],
                AttestationRequest.Json(
                    AttestationRequest.Message(Chain.Network.GenesisValidatorsRoot!.Value, target - 1, target, target * 32, 1)
                )
            )
        ).Status;

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var attempt = 0; !await holds(); attempt++)
        {
            Assert.True(attempt < 60);
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }
    }
}
