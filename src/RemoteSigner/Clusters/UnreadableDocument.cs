namespace RemoteSigner.Clusters;

/// <summary>Something in the archive that cannot be read or understood, and why: <paramref name="Name"/> is its file's.</summary>
public sealed record UnreadableDocument(string Name, string Problem);
