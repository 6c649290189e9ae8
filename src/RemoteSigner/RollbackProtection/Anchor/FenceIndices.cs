using RemoteSigner.Native;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// Handles of the fence's counter and record in a TPM's NV memory, and the authorization value of both, which stays its owner's: for
/// attestation, which reads them.
/// </summary>
public sealed record FenceIndices(uint Counter, uint Record, SecretBytes Authorization);
