namespace RemoteSigner.Clusters;

/// <summary>All that the archive has: what could be read, in the order of the hashes, and what could not.</summary>
public sealed record LibraryReading(IReadOnlyList<ArchivedDocument> Documents, IReadOnlyList<UnreadableDocument> Unreadable);
