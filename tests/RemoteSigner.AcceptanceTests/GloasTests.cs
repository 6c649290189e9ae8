using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests;

/// <summary>What Gloas brought, against the binary: what must not be signed, and envelopes as large as blocks are.</summary>
public sealed class GloasTests
{
    private const int EnvelopeBytes = 12 << 20;

    [Fact]
    public async Task Every_request_that_must_not_be_signed_is_refused_as_expected()
    {
        var negative = Vectors.Read("gloas/negative.json");
        var (requests, pairs) = (negative["requests"]!.AsArray(), negative["pairs"]!.AsArray());
        using var home = await CreateAsync("sepolia", [.. requests, .. pairs], "all", "EXECUTION_PAYLOAD_BID");
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");

        var checkedCount = 0;
        foreach (var vector in requests)
        {
            var answer = await client.SignAsync(vector!["publicKey"]!.GetValue<string>(), vector["request"]!.ToJsonString());
            var expected = vector["expect"]!.ToString();
            Assert.True(
                IsExpected(expected, answer.Status),
                $"{vector["name"]}: {expected} was expected, {answer.Status} came: {answer.Text}"
            );
            checkedCount++;
        }

        Assert.Equal(48, checkedCount);
        foreach (var pair in pairs)
        {
            var key = pair!["publicKey"]!.GetValue<string>();
            var first = await client.SignAsync(key, pair["first"]!.ToJsonString());
            Assert.True(first.Status is HttpStatusCode.OK, $"{pair["name"]}: {first.Status} {first.Text}");
            var second = await client.SignAsync(key, pair["second"]!.ToJsonString());
            Assert.True(IsExpected(pair["expectSecond"]!.ToString(), second.Status), $"{pair["name"]}: {second.Status} {second.Text}");
        }

        using var operations = new HttpClient { BaseAddress = signer.Operations };
        Assert.Contains(
            "remote_signer_payload_votes_differing_total 1",
            await operations.GetStringAsync("/metrics"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_envelope_of_12_MiB_is_signed_and_one_that_is_too_long_or_no_envelope_is_refused_before_it_is_read()
    {
        var vector = Vectors.Read("gloas/sign-requests/sepolia/EXECUTION_PAYLOAD_ENVELOPE.gloas.json")["vectors"]![2]!;
        using var home = await CreateAsync("sepolia", [vector], "everyday");
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");
        var key = vector["publicKey"]!.GetValue<string>();
        Assert.Equal(vector["signature"]!.GetValue<string>(), (await client.SignAsync(key, vector["request"]!.ToJsonString())).Signature);

        var large = Enlarge(vector, EnvelopeBytes);
        var first = await client.SignAsync(key, large);
        Assert.True(first.Status == HttpStatusCode.OK, first.Text);
        Assert.Equal(first.Signature, (await client.SignAsync(key, large)).Signature);

        // The type comes last here, and the name of the payload tells what it is.
        Assert.Equal(first.Signature, (await client.SignAsync(key, TypeLast(large))).Signature);

        // Around the limit of all other requests, however much of the body comes with the last read.
        var small = vector["request"]!.ToJsonString();
        foreach (var length in new[] { 1 << 20, (1 << 20) + 1, (1 << 20) + 4000, 1_200_000, 1_500_000 })
        {
            var led = await client.SignAsync(
                key,
                $$"""{"type":"EXECUTION_PAYLOAD_ENVELOPE","pad":"{{new string('x', length - small.Length)}}",{{small[1..].Replace("\"type\":\"EXECUTION_PAYLOAD_ENVELOPE\",", "", StringComparison.Ordinal)}}"""
            );
            Assert.True(led.Status == HttpStatusCode.OK, $"{length}: {led.Text}");
        }

        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await client.SignAsync(key, $$"""{"pad":"{{new string('x', 1_200_000)}}",{{small[1..]}}""")).Status
        );

        // What only calls itself one is not read as anything else.
        var zeros = string.Join(',', Enumerable.Repeat("0", 1 << 20));
        var dressed = await client.SignAsync(
            key,
            $"{{\"execution_payload_envelope\":0,\"type\":\"BLOCK\",\"block\":{{\"body\":{{\"attestations\":[{zeros}]}} }} }}"
        );
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (dressed.Status, dressed.Reason));

        // The body is not even begun: the client waits for leave to send it.
        using var tooLong = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/eth2/sign/{key}")
        {
            Content = new ByteArrayContent(new byte[25 << 20]),
        };
        tooLong.Headers.ExpectContinue = true;
        using var refused = await client.SendAsync(tooLong);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Contains("body_too_large", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var other = await client.SignAsync(key, large.Replace("EXECUTION_PAYLOAD_ENVELOPE", "ATTESTATION", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (other.Status, other.Reason));
    }

    [Fact]
    public async Task An_envelope_costs_no_more_memory_than_it_must()
    {
        var vector = Vectors.Read("gloas/sign-requests/sepolia/EXECUTION_PAYLOAD_ENVELOPE.gloas.json")["vectors"]![2]!;
        using var home = await CreateAsync("sepolia", [vector], "everyday");
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");
        var (key, large) = (vector["publicKey"]!.GetValue<string>(), Enlarge(vector, EnvelopeBytes));
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(key, vector["request"]!.ToJsonString())).Status);
        var before = PeakMiB(signer.Id);

        for (var round = 0; round < 4; round++)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(key, large)).Status);
        }

        var extra = PeakMiB(signer.Id) - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"an envelope of 12 MiB took {extra:F0} MiB");
        Assert.InRange(extra, 0, 150);
    }

    [Fact]
    public async Task A_fork_that_a_file_adds_is_signed_and_told_at_the_start_and_one_that_is_not_known_is_warned_of()
    {
        using var home = await CreateAsync("hoodi", [], "everyday");
        await using (var signer = await home.StartAsync())
        {
            Assert.Contains("no fork of hoodi after Fulu is known here", signer.Output, StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(home.Data, "forks.yaml"), "GLOAS_FORK_VERSION: 0x80000910\nGLOAS_FORK_EPOCH: 900000\n");
        home.Configure(options => options["network"]!["forks"] = "forks.yaml");
        await using (var signer = await home.StartAsync())
        {
            Assert.Contains("Fulu from epoch 50688, Gloas from epoch 900000", signer.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("is known here", signer.Output, StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(home.Data, "forks.yaml"), "FULU_FORK_VERSION: 0x70000910\nFULU_FORK_EPOCH: 900000\n");
        Refusal.IsTold(await home.RunAsync("serve"), "network.forks");
    }

    // "policy: 400, or the Gloas root": to sign is another way to be right there.
    private static bool IsExpected(string expected, HttpStatusCode status) =>
        expected.Contains(((int)status).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        || (status is HttpStatusCode.OK && expected.Contains("root", StringComparison.Ordinal));

    // Transactions of all sizes until the text is so long.
    private static string Enlarge(JsonNode vector, int bytes)
    {
        var request = vector["request"]!.DeepClone();
        request.AsObject().Remove("signingRoot");
        request.AsObject().Remove("signing_root");
        var payload = request["execution_payload_envelope"]!["data"]!["payload"]!;
        var (transactions, length) = (new JsonArray(), request.ToJsonString().Length);
        while (length < bytes)
        {
            var transaction = RandomNumberGenerator.GetBytes(
                Math.Min(transactions.Count % 20 == 0 ? 100_000 : 400, Math.Max(1, (bytes - length) / 2))
            );
            var text = $"0x{Convert.ToHexStringLower(transaction)}";
            transactions.Add(text);
            length += text.Length + 3;
        }

        payload["transactions"] = transactions;
        return request.ToJsonString();
    }

    private static string TypeLast(string request)
    {
        var json = JsonNode.Parse(request)!.AsObject();
        var (type, fork) = (json["type"]!.DeepClone(), json["fork_info"]!.DeepClone());
        json.Remove("type");
        json.Remove("fork_info");
        json["fork_info"] = fork;
        json["type"] = type;
        return json.ToJsonString();
    }

    private static double PeakMiB(int process) =>
        double.Parse(
            File.ReadLines($"/proc/{process}/status")
                .First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024;

    private static async Task<SignerHome> CreateAsync(string network, IReadOnlyCollection<JsonNode?> vectors, params string[] duties)
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        var home = SignerHome.Empty();
        (await home.InitAsync(network, "--no-slot-window", "--client", "vc")).Succeeded();
        home.Configure(options => options["clients"]!["vc"]!["duties"] = new JsonArray([.. duties.Select(duty => (JsonNode)duty)]));
        if (vectors.Count > 0)
        {
            await home.AddKeysAsync(
                vectors
                    .Select(vector => vector!["privateKey"]!.GetValue<string>())
                    .Distinct()
                    .Select(hex => Convert.FromHexString(hex[2..]))
            );
        }

        home.Configure(options => options["builder"]!["keys"] = new JsonArray([.. home.Keys.Select(key => (JsonNode)key.ToString())]));
        return home;
    }
}
