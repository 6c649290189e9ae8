using RemoteSigner.Native;

namespace RemoteSigner.Clusters.Charon;

/// <summary>What a file turned out to be: a lock, or only the definition of one.</summary>
public abstract record ClusterFile
{
    private ClusterFile() { }

    /// <summary>Bytes of the longest one that is read.</summary>
    public const int MaxBytes = ClusterJson.MaxBytes;

    /// <summary>The definition, which a lock carries too.</summary>
    public abstract ClusterDefinition Definition { get; }

    /// <summary>Reads a file of either kind.</summary>
    /// <exception cref="ClusterFileException">It cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static ClusterFile Open(string path)
    {
        if (new FileInfo(path).Length > ClusterJson.MaxBytes)
        {
            throw ClusterJson.TooLarge(new FileInfo(path).Length);
        }

        var json = BoundedFile.ReadAllBytes(path, ClusterJson.MaxBytes);
        return ClusterJson.IsLock(json) ? new Lock(ClusterLock.Parse(json)) : new Draft(ClusterDefinition.Parse(json));
    }

    /// <summary>All checks that such a file allows.</summary>
    public abstract IReadOnlyList<CheckResult> Verify(VerificationPolicy policy);

    /// <summary><c>cluster-lock.json</c>.</summary>
    public sealed record Lock(ClusterLock Cluster) : ClusterFile
    {
        public override ClusterDefinition Definition => Cluster.Definition;

        public override IReadOnlyList<CheckResult> Verify(VerificationPolicy policy) => ClusterVerifier.Verify(Cluster, policy);
    }

    /// <summary><c>cluster-definition.json</c>.</summary>
    public sealed record Draft(ClusterDefinition Plan) : ClusterFile
    {
        public override ClusterDefinition Definition => Plan;

        public override IReadOnlyList<CheckResult> Verify(VerificationPolicy policy) => ClusterVerifier.Verify(Plan, policy);
    }
}
