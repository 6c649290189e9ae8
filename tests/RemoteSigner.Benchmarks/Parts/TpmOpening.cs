using System.Text.Json;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>How long the published binary takes from nothing to the root key of a vault under a software TPM: one operation of the hardware, connection, sessions and policy included.</summary>
internal static class TpmOpening
{
    private const int Rounds = 9;

    /// <summary>Median of fresh processes, in milliseconds; the vault holds all these keystores' keys.</summary>
    public static async Task<double> MeasureAsync(string folder, string network, string keystores)
    {
        using var tpm = await SoftwareTpm.StartAsync(Directory.CreateDirectory(folder).FullName);
        var data = Path.Combine(folder, "data");
        (await SignerProcess.RunAsync(null, "init", "--data", data, "--network", network, "--seal", "tpm", "--tpm", tpm.Address)).Succeeded();
        (await SignerProcess.RunAsync(null, "keys", "import", "--data", data, "--keystores", keystores, "--never-signed")).Succeeded();
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var line = (await SignerProcess.RunAsync(null, "tpm", "provision", "--data", data, "--json")).Succeeded().Output;
            using var json = JsonDocument.Parse(line);
            times.Add(json.RootElement.GetProperty("unsealMilliseconds").GetDouble());
        }

        return times.Order().ElementAt(Rounds / 2);
    }
}
