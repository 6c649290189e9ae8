using System.Text.Json.Nodes;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Http;

/// <summary>The recorded and computed sign requests, and the network each set was made for.</summary>
public static class SignRequestVectors
{
    // Web3Signer has none of these, so neither have we; and a bid of Heze has one member more than ours.
    private static readonly string[] _foreign = ["BLS_TO_EXECUTION_CHANGE", "INCLUSION_LIST", "EXECUTION_PAYLOAD_BID.heze"];

    private static readonly string[] _sets =
    [
        "sign-requests/mainnet",
        "sign-requests/devnet-minimal",
        "sign-requests/recorded",
        "sign-requests/spec-mainnet",
        "sign-requests/spec-minimal",
        "sign-requests/recorded-vero",
        "gloas/sign-requests/sepolia",
        "gloas/sign-requests/devnet-mainnet",
        "gloas/sign-requests/devnet-minimal",
    ];

    public static IEnumerable<TheoryDataRow<string>> Supported() => All().Where(row => row.Skip is not null || !IsForeign(row));

    public static IEnumerable<TheoryDataRow<string>> Foreign() => All().Where(row => row.Skip is not null || IsForeign(row));

    /// <summary>A request to a builder without data, for which the specification has a root and which is invalid all the same.</summary>
    public static bool IsEmptyAuth(JsonNode vector) =>
        vector["request"]!["builder_request_auth"]?["data"]?["data"]?.GetValue<string>() == "0x";

    /// <summary>The folder of a file, relative to the vectors.</summary>
    public static string SetOf(string file) => Path.GetDirectoryName(file)!;

    public static Network NetworkOf(string file) =>
        SetOf(file) switch
        {
            "sign-requests/mainnet" => Network.Find("mainnet")!,
            "sign-requests/recorded" => Recorded,
            "gloas/sign-requests/sepolia" => Network.Find("sepolia")!,
            var set => Network.Load(Vectors.Path($"{set}/config.yaml")),
        };

    // The devnet that was recorded ran the minimal preset with its own schedule: capella at epoch 3, nothing later.
    private static Network Recorded =>
        Network.Find("minimal")! with
        {
            Name = "recorded",
            Forks = new ForkSchedule([
                .. Enumerable
                    .Range(0, 4)
                    .Select(fork => new ScheduledFork((Fork)fork, ForkVersion.Parse($"0x0{fork}000001"), new Epoch((ulong)fork))),
            ]),
        };

    private static IEnumerable<TheoryDataRow<string>> All() =>
        _sets.SelectMany(set => Vectors.Files(set)).Where(row => Path.GetFileName(row.Data) is not ("keys.json" or "index.json"));

    private static bool IsForeign(TheoryDataRow<string> row) =>
        Array.Exists(_foreign, name => Path.GetFileName(row.Data).StartsWith($"{name}.", StringComparison.Ordinal));
}
