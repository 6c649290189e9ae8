using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>The keyshares of the shared vectors (ours, and ssv-keys'), and how their checks end.</summary>
internal static class KeysharesVectors
{
    public const string Ours = "ssv-keyshares-4of3/keyshares.json";
    public const string Samples = "ssv-keys/KeyShares/__test__/mock-key-shares";

    public static JsonNode Node(string name) => Vectors.Read(name);

    public static KeysharesFile Read(string name) => KeysharesFile.Parse(File.ReadAllBytes(Vectors.Path(name)));

    public static KeysharesFile Parse(JsonNode json) => KeysharesFile.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));

    /// <summary>A file that only lacks what makes it one, such as the bare items of the samples.</summary>
    public static KeysharesFile AsFile(JsonNode item) =>
        Parse(new JsonObject { ["version"] = "v1.2.0", ["shares"] = new JsonArray(item.DeepClone()) });

    /// <summary>The checks that fail.</summary>
    public static IReadOnlyList<KeysharesCheck> Failures(KeysharesFile file) =>
        [.. KeysharesVerifier.Verify(file).Where(verdict => verdict.Verdict is CheckVerdict.Failed).Select(verdict => verdict.Check)];
}
