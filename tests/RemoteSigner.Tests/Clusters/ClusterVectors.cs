using System.Text.Json.Nodes;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;

namespace RemoteSigner.Tests.Clusters;

/// <summary>The clusters of the shared vectors (ours), and how their checks end.</summary>
internal static class ClusterVectors
{
    public static readonly VerificationPolicy Strict = new();

    public static byte[] Bytes(string name) => File.ReadAllBytes(Vectors.Path($"clusters/{name}/cluster-lock.json"));

    public static ClusterLock Lock(string name) => ClusterLock.Parse(Bytes(name));

    public static JsonNode Secrets(string name) => Vectors.Read($"clusters/{name}/secrets.json");

    public static string NodeFolder(string name, int node) => Vectors.Path($"clusters/{name}/node{node}");

    /// <summary>The checks that fail.</summary>
    public static IReadOnlyList<ClusterCheck> Failures(ClusterLock cluster, VerificationPolicy? policy = null) =>
        [
            .. ClusterVerifier
                .Verify(cluster, policy ?? Strict)
                .Where(result => result.Verdict is CheckVerdict.Failed)
                .Select(result => result.Check),
        ];

    public static CheckVerdict VerdictOf(ClusterLock cluster, ClusterCheck check, VerificationPolicy? policy = null) =>
        ClusterVerifier.Verify(cluster, policy ?? Strict).Single(result => result.Check == check).Verdict;
}
