namespace RemoteSigner.Clusters.Ssv;

/// <summary>An operator as SSV's contract knows it.</summary>
/// <param name="Id">Its number in the contract; never zero in a verified file.</param>
/// <param name="Key">Base64 of the PEM of its RSA public key, as it stands in the file.</param>
public sealed record SsvOperator(ulong Id, string Key);
