namespace RemoteSigner.Clusters.Charon;

/// <summary>Where a validator's fees and its stake go: both 0x and 40 digits, or both empty (a few files before v1.5).</summary>
public sealed record ValidatorAddresses(string FeeRecipient, string Withdrawal);
