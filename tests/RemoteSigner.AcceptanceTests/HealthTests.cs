using System.Net;
using System.Text.Json;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Readiness and figures: Web3Signer's health skeleton and metric names.</summary>
public sealed class HealthTests(SignerScene scene) : IClassFixture<SignerScene>
{
    [Fact]
    public async Task A_healthy_signer_reports_in_the_skeleton_of_Web3Signer()
    {
        foreach (var listener in (HttpClient[])[scene.Client, scene.Operations])
        {
            var answer = await listener.ReadAsync("/healthcheck");

            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal("application/json; charset=utf-8", answer.ContentType);
            Assert.Equal(["status", "checks", "outcome"], answer.Json.EnumerateObject().Select(member => member.Name));
            Assert.Equal("UP", answer.Json.GetProperty("status").GetString());
            Assert.Equal("UP", answer.Json.GetProperty("outcome").GetString());
            Assert.Equal("UP", Find(answer.Json, "default-check").GetProperty("status").GetString());
            var ledger = Find(answer.Json, "slashing-protection-db-health-check");
            Assert.Equal("UP", ledger.GetProperty("status").GetString());
            Assert.InRange(ledger.GetProperty("data").GetProperty("age-seconds").GetDouble(), 0, 60);
            AssertLoaders(Find(answer.Json, "keys-check"));
        }
    }

    [Fact]
    public async Task Metrics_have_the_names_of_Web3Signer()
    {
        await scene.Client.SignAsync(scene.Keys[3], Chain.VoteJson());

        var rows = (await scene.Operations.ReadAsync("/metrics")).Text.Split('\n');

        Assert.All(
            (string[])
                [
                    "signing_bls_signing_duration_count",
                    "signing_bls_signing_duration_sum",
                    "signing_bls_signing_duration{quantile=\"0.99\"}",
                    "signing_bls_missing_identifier_count_total",
                    "signing_signers_loaded_count 4",
                    "http_bls_malformed_request_count_total",
                    "eth2_slashingprotection_permitted_signings_total",
                    "eth2_slashingprotection_prevented_signings_total",
                    "eth2_slashingprotection_database_duration_count{signingOperation=\"attestation\"}",
                    "process_release{version=\"remote-signer/v",
                    "process_cpu_seconds_total",
                    "remote_signer_ledger_bytes",
                    "remote_signer_ledger_disk_free_bytes",
                    "remote_signer_ledger_disk_reserve_bytes",
                ],
            start => Assert.Contains(rows, row => row.StartsWith(start, StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Each_way_a_request_ends_moves_its_counter()
    {
        var before = await CountersAsync();
        Assert.Equal(HttpStatusCode.OK, (await scene.Client.SignAsync(scene.Keys[2], Chain.VoteJson(fill: 1))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await scene.Client.SignAsync(scene.Keys[2], Chain.VoteJson(fill: 2))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Client.SignAsync("0x00", Chain.RandaoJson())).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await scene.Client.SignAsync(scene.Keys[2], "{}")).Status);
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await scene.Client.SignAsync(scene.Keys[2], Chain.VoteJson(epochsBack: 5))).Status
        );
        var after = await CountersAsync();

        Assert.All(after.Zip(before), pair => Assert.Equal(pair.Second + 1, pair.First));

        // Of the two refusals one is an offence, and one is an old vote below the low watermark.
        var rows = (await scene.Operations.ReadAsync("/metrics")).Text.Split('\n');
        Assert.Contains("remote_signer_refusals_total{client=\"vc\",duty=\"Attestation\",rule=\"double_vote\"} 1", rows);
        Assert.Contains("remote_signer_refusals_total{client=\"vc\",duty=\"Attestation\",rule=\"source_below_low_watermark\"} 1", rows);
    }

    private async Task<double[]> CountersAsync()
    {
        var lines = (await scene.Operations.ReadAsync("/metrics")).Text.Split('\n');
        return
        [
            .. (
                (string[])
                    [
                        "eth2_slashingprotection_permitted_signings_total",
                        "eth2_slashingprotection_prevented_signings_total",
                        "signing_bls_missing_identifier_count_total",
                        "http_bls_malformed_request_count_total",
                    ]
            ).Select(name => double.Parse(lines.Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1])),
        ];
    }

    private static void AssertLoaders(JsonElement group)
    {
        Assert.Equal("UP", group.GetProperty("status").GetString());
        Assert.All((string[])["config-files-loading", "keystores-bulk-loading"], id =>
        {
            var loader = Find(group, id);
            Assert.Equal("UP", loader.GetProperty("status").GetString());
            Assert.Equal(4, loader.GetProperty("data").GetProperty("keys-loaded").GetInt32());
            Assert.Equal(0, loader.GetProperty("data").GetProperty("error-count").GetInt32());
        });
    }

    private static JsonElement Find(JsonElement group, string id) =>
        group.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("id").GetString() == id);
}
