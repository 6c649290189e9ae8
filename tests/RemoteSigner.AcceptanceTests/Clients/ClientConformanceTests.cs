using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// What each client ends up doing in each state of a signer's life: it keeps its validators, signs what can be signed, and begins with none
/// less than there are.
/// </summary>
public sealed class ClientConformanceTests(ClientLife life) : IClassFixture<ClientLife>
{
    private static readonly SignerState[] _ofCharon =
    [
        SignerState.TokenAway,
        SignerState.Ready,
        SignerState.TokenTaken,
        SignerState.Stopped,
        SignerState.Revoked,
    ];

    public static TheoryData<string> Clients() => [.. ClientFixture.All.Select(client => client.Name)];

    public static TheoryData<string, SignerState> Rows()
    {
        var rows = new TheoryData<string, SignerState>();
        foreach (var state in Enum.GetValues<SignerState>())
        {
            // An SSV node's duties at a fork are those of the others; its share may not vote for the past.
            foreach (var client in ClientFixture.All.Where(client => client.Name != "SSV node" || state != SignerState.ForkBoundary))
            {
                rows.Add(client.Name, state);
            }

            if (_ofCharon.Contains(state))
            {
                rows.Add(CharonRun.Name, state);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_client_does_what_it_should(string client, SignerState state)
    {
        Assert.SkipWhen(life.Missing is not null, life.Missing ?? "");
        var verdict = life.Of(client, state);
        Assert.False(verdict is null && Environment.GetEnvironmentVariable("CI") == "true", $"the runtime of {client} must be there in CI");
        Assert.SkipWhen(verdict is null, $"the runtime of {client} is not installed");
        TestContext.Current.TestOutputHelper?.WriteLine(verdict!.Words);

        Assert.True(verdict!.Faults.Count == 0, $"{verdict.Words}: {string.Join("; ", verdict.Faults)}");
    }

    /// <summary>
    /// What these tests are for: an empty list with 200 from a signer whose keys are not open yet, and an error in the place of a
    /// signature.
    /// </summary>
    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_signer_that_speaks_untruly_would_be_noticed(string name)
    {
        var client = ClientFixture.All.Single(client => client.Name == name);
        var run = new ClientRun(client, new UntrueLine(), new HashSet<string> { SsvScene.ShareKey.ToString() });

        run.Begin();
        await run.LiveAsync(SsvScene.ShareKey.ToString(), ClientDuties.Randao, keysAreOpen: true, new HashSet<string>());

        var faults = run.Judge(mustSign: true, mustNotSign: false, new HashSet<string>()).Faults;
        Assert.Equal(client.ListPath is null ? 2 : 3, faults.Count(fault => !fault.StartsWith("it drops", StringComparison.Ordinal)));
        Assert.Equal(
            client.Later is not null && name != "Prysm",
            faults.Any(fault => fault.StartsWith("it drops", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void The_table_names_the_source_of_every_client()
    {
        Assert.SkipWhen(life.Missing is not null, life.Missing ?? "");
        TestContext.Current.TestOutputHelper?.WriteLine(life.Table);

        Assert.All(ClientFixture.All, client =>
            Assert.Contains($"{client.Name}, {client.Version}: ", life.Table, StringComparison.Ordinal)
        );
    }

    private sealed class UntrueLine : ClientLine
    {
        public override Task<ApiAnswer?> AskAsync(string method, string path, string? accept, string? body = null) =>
            Task.FromResult<ApiAnswer?>(
                new ApiAnswer(
                    HttpStatusCode.OK,
                    "application/json",
                    path == "/healthcheck" ? """{"status":"DOWN","outcome":"DOWN"}"""
                        : body is null ? "[]"
                        : """{"code":503}"""
                )
            );

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
