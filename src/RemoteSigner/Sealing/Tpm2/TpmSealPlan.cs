namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// How a root key is to be sealed: which key approves firmware (64 bytes, x then y), whether a person's PIN is wanted as well, and what
/// tells this sealed object from every other one (16 random bytes; none before version 2 of the slot).
/// </summary>
internal sealed record TpmSealPlan(byte[] ReleasePoint, bool WantsPin, byte[] Nonce);
