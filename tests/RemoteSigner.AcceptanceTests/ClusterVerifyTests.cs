using System.Text.Json;
using RemoteSigner.Rig;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests;

/// <summary><c>cluster verify</c>, which needs neither a data directory nor a token.</summary>
public sealed class ClusterVerifyTests
{
    [Theory]
    [MemberData(nameof(ClusterLocks.Genuine), MemberType = typeof(ClusterLocks))]
    public async Task A_genuine_lock_is_verified_check_by_check(string name)
    {
        var result = (await VerifyAsync(LockFile(name), "--json", "--network", "hoodi")).Succeeded();

        using var report = JsonDocument.Parse(result.Output);
        Assert.True(report.RootElement.GetProperty("verified").GetBoolean());
        Assert.Equal(17, report.RootElement.GetProperty("checks").GetArrayLength());
        Assert.DoesNotContain(
            "fail",
            report.RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("verdict").GetString())
        );
    }

    [Theory]
    [MemberData(nameof(ClusterLocks.Bad), MemberType = typeof(ClusterLocks))]
    public async Task A_bad_lock_ends_with_1_and_names_the_check(string name, string check)
    {
        var programs = await VerifyAsync(LockFile(name), "--json");
        var people = await VerifyAsync(LockFile(name));

        using var report = JsonDocument.Parse(programs.Output);
        var failed = report
            .RootElement.GetProperty("checks")
            .EnumerateArray()
            .Single(line => line.GetProperty("check").GetString() == check);
        Assert.Equal("fail", failed.GetProperty("verdict").GetString());
        Assert.NotEmpty(failed.GetProperty("hint").GetString()!);
        Assert.Equal((1, 1), (programs.ExitCode, people.ExitCode));
        Assert.Contains("NOT verified", people.Output, StringComparison.Ordinal);
        Assert.Contains("do not use this file", people.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keyshares_of_SSV_are_verified_check_by_check()
    {
        var good = (await VerifyAsync(Vectors.Path("ssv-keyshares-4of3/keyshares.json"), "--json")).Succeeded();
        var bad = await VerifyAsync(Vectors.Path("ssv-keyshares-4of3/neg-share-pubkey-mismatch.json"));

        using var report = JsonDocument.Parse(good.Output);
        Assert.Equal("keyshares", report.RootElement.GetProperty("kind").GetString());
        Assert.Equal(10, report.RootElement.GetProperty("checks").GetArrayLength());
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("interpolation", bad.Output, StringComparison.Ordinal);
        Assert.Contains("do not use this file", bad.Error, StringComparison.Ordinal);
    }

    /// <summary>Nobody who has a share made it, and every check passes: what that does not prove is said.</summary>
    [Fact]
    public async Task A_lock_made_of_public_keys_passes_and_what_that_does_not_prove_is_said()
    {
        var people = (await VerifyAsync(Vectors.Path("forged/cluster-lock.json"))).Succeeded();
        using var report = JsonDocument.Parse((await VerifyAsync(Vectors.Path("forged/cluster-lock.json"), "--json")).Succeeded().Output);

        var aggregate = report
            .RootElement.GetProperty("checks")
            .EnumerateArray()
            .Single(line => line.GetProperty("check").GetString() == "signature_aggregate");
        Assert.Contains("can be made from public keys", aggregate.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("whoever knows the public keys", report.RootElement.GetProperty("notProven").GetString(), StringComparison.Ordinal);
        Assert.Contains("not proven by any of this", people.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_another_network_is_a_failure()
    {
        var result = await VerifyAsync(LockFile("lock-v1_11-4of3"), "--network", "mainnet");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the cluster is of hoodi", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("{\"version\":\"v2.0.0\"}", "v1.0.0 to v1.11.0 are known")]
    [InlineData("{\"cluster_definition\":{\"version\":\"v1.5.0\"}}", "cluster_definition.uuid is missing")]
    public async Task What_is_no_cluster_file_is_explained(string text, string message)
    {
        var folder = Directory.CreateTempSubdirectory("cluster-");
        try
        {
            var file = Path.Combine(folder.FullName, "cluster-lock.json");
            await File.WriteAllTextAsync(file, text);
            var result = await VerifyAsync(file);

            Assert.Equal(1, result.ExitCode);
            Assert.Contains(message, result.Error, StringComparison.Ordinal);
            Assert.Contains("remote-signer: hint: ", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_missing_file_ends_with_1_and_a_missing_argument_with_2()
    {
        Assert.Equal(1, (await VerifyAsync("/nonexistent/cluster-lock.json")).ExitCode);
        Assert.Equal(2, (await VerifyAsync()).ExitCode);
    }

    private static string LockFile(string name) => Vectors.Path($"clusters/{name}/cluster-lock.json");

    private static Task<CommandResult> VerifyAsync(params string[] arguments) =>
        SignerProcess.RunAsync(null, ["cluster", "verify", .. arguments]);
}
