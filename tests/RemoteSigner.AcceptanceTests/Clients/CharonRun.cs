using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// Charon before and at the end of a ceremony (eth2util/keymanager/keymanager.go, read at 022a3b9ddf): it connects once, at the beginning;
/// at the end it posts, looks at the status alone, and has nothing left of a key that was not taken. So an open port is a promise.
/// </summary>
internal sealed class CharonRun(ConnectProcess connect, SignerHome home)
{
    public const string Name = "Charon push";

    /// <param name="mayPush">Null where it is the signer's choice; the port must tell in any case.</param>
    public async Task JudgeAsync(Dictionary<(string Client, SignerState State), ClientVerdict> verdicts, SignerState state, bool? mayPush)
    {
        if (mayPush is { } open)
        {
            await connect.WaitUntilAsync(open);
        }

        if (!await connect.IsOpenAsync())
        {
            verdicts[(Name, state)] = new ClientVerdict("does not begin the ceremony", []);
            return;
        }

        var folder = home.Beside($"pushed-{Guid.NewGuid():N}");
        KeystoreWriter.WriteNew(folder, 1, SignerHome.Password);
        using var charon = new HttpClient { BaseAddress = connect.Door };
        charon.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            await File.ReadAllTextAsync(Path.Combine(home.Data, "keymanager.token"))
        );
        using var body = new StringContent(KeymanagerScene.Body(folder).ToJsonString(), Encoding.UTF8, "application/json");
        HttpStatusCode? status;
        try
        {
            status = (await charon.AskAsync(HttpMethod.Post, "/eth/v1/keystores", body)).Status;
        }
        catch (HttpRequestException)
        {
            status = null;
        }

        List<string> lost = status == HttpStatusCode.OK ? [] : [$"the ceremony ran, and its keys are lost ({(int?)status})"];
        verdicts[(Name, state)] = new ClientVerdict("begins the ceremony; its keys are taken", lost);
    }
}
