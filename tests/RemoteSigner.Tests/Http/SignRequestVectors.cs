using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Http;

/// <summary>The recorded and computed sign requests, and the network each set was made for.</summary>
public static class SignRequestVectors
{
    private const string Folder = "sign-requests";

    // Web3Signer has none of these, so neither have we.
    private static readonly string[] _foreignTypes =
        ["BLS_TO_EXECUTION_CHANGE", "PAYLOAD_ATTESTATION", "EXECUTION_PAYLOAD_ENVELOPE"];

    private static readonly string[] _sets = ["mainnet", "devnet-minimal", "recorded"];

    // From Gloas on aggregates have another shape (EIP-7688) that is not read yet.
    private static readonly string[] _unsupported = ["AGGREGATE_AND_PROOF_V2.gloas", "AGGREGATE_AND_PROOF_V2.heze"];

    public static IEnumerable<TheoryDataRow<string>> Supported() => All().Where(row => row.Skip is not null || !(IsForeign(row) || IsUnsupported(row)));

    public static IEnumerable<TheoryDataRow<string>> Foreign() => All().Where(row => row.Skip is not null || IsForeign(row));

    public static IEnumerable<TheoryDataRow<string>> Unsupported() => All().Where(row => row.Skip is not null || IsUnsupported(row));

    public static Network NetworkOf(string file) => Path.GetFileName(Path.GetDirectoryName(file)) switch
    {
        "mainnet" => Network.Find("mainnet")!,
        "devnet-minimal" => Network.Load(Vectors.Path($"{Folder}/devnet-minimal/config.yaml")),
        "recorded" => Recorded,
        var set => throw new InvalidOperationException($"No network is known for the set {set}."),
    };

    // The devnet that was recorded ran the minimal preset with its own schedule: capella at epoch 3, nothing later.
    private static Network Recorded => Network.Find("minimal")! with
    {
        Name = "recorded",
        Forks = new ForkSchedule([.. Enumerable.Range(0, 4).Select(fork =>
            new ScheduledFork((Fork)fork, ForkVersion.Parse($"0x0{fork}000001"), new Epoch((ulong)fork)))]),
    };

    private static IEnumerable<TheoryDataRow<string>> All() =>
        _sets.SelectMany(set => Vectors.Files($"{Folder}/{set}")).Where(row => Path.GetFileName(row.Data) is not ("keys.json" or "index.json"));

    private static bool IsForeign(TheoryDataRow<string> row) => _foreignTypes.Contains(Path.GetFileName(row.Data).Split('.')[0]);

    private static bool IsUnsupported(TheoryDataRow<string> row) => _unsupported.Contains(Path.GetFileNameWithoutExtension(row.Data));
}
