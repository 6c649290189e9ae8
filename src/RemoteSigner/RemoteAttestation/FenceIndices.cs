using RemoteSigner.Native;

namespace RemoteSigner.RemoteAttestation;

/// <summary>The handles of the fence's counter and record in the TPM's NV memory, and the authorization value of both. The value stays its owner's.</summary>
public sealed record FenceIndices(uint Counter, uint Record, SecretBytes Authorization);
