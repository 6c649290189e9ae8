using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>A document as it lies in the archive, under the name that its content gives it. That it lies there proves nothing.</summary>
/// <param name="Content">SHA-256 of the file.</param>
public sealed record ArchivedDocument(ClusterDocument Document, Root Content);
