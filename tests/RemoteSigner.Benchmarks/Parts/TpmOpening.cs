using System.Text.Json;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// How long the published binary takes from nothing to the root key of a vault under a software TPM: one operation of the hardware,
/// connection, sessions and policy included.
/// </summary>
internal static class TpmOpening
{
    private const int Rounds = 9;

    /// <summary>
    /// Median of fresh processes, in milliseconds, each with a new vault of its own: a provisioning in place of a slot gives another root
    /// key and opens nothing.
    /// </summary>
    public static async Task<double> MeasureAsync(string folder, string network)
    {
        using var tpm = await SoftwareTpm.StartAsync(Directory.CreateDirectory(folder).FullName);
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var data = Path.Combine(folder, $"data-{round}");
            var line = (
                await SignerProcess.RunAsync(
                    null,
                    "init",
                    "--data",
                    data,
                    "--network",
                    network,
                    "--seal",
                    "tpm",
                    "--tpm",
                    tpm.Address,
                    "--rollback-protection",
                    "none",
                    "--json"
                )
            )
                .Succeeded()
                .Output;
            using var json = JsonDocument.Parse(line);
            times.Add(json.RootElement.GetProperty("unsealMilliseconds").GetDouble());
        }

        return times.Order().ElementAt(Rounds / 2);
    }
}
