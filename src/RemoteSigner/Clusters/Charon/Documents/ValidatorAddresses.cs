namespace RemoteSigner.Clusters.Charon;

/// <summary>Where a validator's fees and its stake go: 0x and 40 digits each. Some files before v1.5 lack the first, or both.</summary>
public sealed record ValidatorAddresses(string FeeRecipient, string Withdrawal);
