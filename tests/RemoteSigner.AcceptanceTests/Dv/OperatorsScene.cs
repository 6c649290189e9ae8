using System.Text.Json.Nodes;
using RemoteSigner.Rig;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests.Dv;

/// <summary>
/// The same four signers, each also with the shares of a cluster that Charon made. The client <c>admin</c> may sign locks; the first three
/// allow top-ups of up to 8 ETH, the fourth none. Commands run as an operator would run them: without a data directory, with a client's
/// certificate.
/// </summary>
public sealed class OperatorsScene(SignerTemplate template) : DvScene(template)
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("operators-");

    /// <summary>Three validators, 3 of 4.</summary>
    public static string CharonLock => Vectors.Path("clusters-charon/add-validators/cluster-lock.json");

    public static string OwnLock => Vectors.Path($"clusters/{Cluster}/cluster-lock.json");

    /// <summary>A path where nothing is.</summary>
    public string New(string name) => Path.Combine(_folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName, name);

    /// <summary>A lock as it is before anybody has signed it with a share.</summary>
    public async Task<string> UnsignedAsync(string lockFile)
    {
        var text = await File.ReadAllTextAsync(lockFile);
        var path = New("cluster-lock.json");
        await File.WriteAllTextAsync(
            path,
            text.Replace((string)JsonNode.Parse(text)!["signature_aggregate"]!, "", StringComparison.Ordinal)
        );
        return path;
    }

    /// <summary>Runs a verb of <c>cluster</c>, with these nodes (from 0) as the signers to be asked.</summary>
    public Task<CommandResult> RunAsync(int[] nodes, params string[] verb) => RunAsync("admin", nodes, verb);

    public Task<CommandResult> RunAsync(string client, int[] nodes, params string[] verb) =>
        SignerProcess.RunAsync(
            null,
            [
                "cluster",
                .. verb,
                .. nodes.SelectMany(node => new[] { "--signer", Apis[node].AbsoluteUri }),
                .. nodes.Length > 0 ? ConnectProcess.Files(Home.Data, client) : [],
            ]
        );

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected override async Task PrepareAsync(SignerHome home, int node)
    {
        home.Configure(options =>
        {
            options["clients"]!["admin"]!["duties"] = new JsonArray("all", "CLUSTER_LOCK");
            if (node < 3)
            {
                options["deposits"]!["maxTopUpGwei"] = 8_000_000_000;
            }
        });
        (
            await home.RunAsync(
                "cluster",
                "import",
                "--lock",
                CharonLock,
                "--node",
                Vectors.Path($"clusters-charon/add-validators/node{node}"),
                "--never-signed"
            )
        ).Succeeded();
    }
}
