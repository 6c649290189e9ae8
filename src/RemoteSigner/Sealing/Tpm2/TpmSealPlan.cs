namespace RemoteSigner.Sealing.Tpm2;

/// <summary>How a root key is to be sealed: which key approves firmware (64 bytes, x then y), and whether a person's PIN is wanted as well.</summary>
internal sealed record TpmSealPlan(byte[] ReleasePoint, bool WantsPin);
