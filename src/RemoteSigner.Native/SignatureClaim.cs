namespace RemoteSigner.Native;

/// <summary>
/// Somebody's word that <paramref name="Signature"/> (96 bytes) is a signature of <paramref name="Message"/> under
/// <paramref name="PublicKey"/> (48 bytes); nothing of it is checked yet.
/// </summary>
public readonly record struct SignatureClaim(byte[] PublicKey, byte[] Message, byte[] Signature);
