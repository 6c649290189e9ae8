using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// What one validator's shares are to sign; <paramref name="Message"/> says it to people, <paramref name="Request"/> to a signer (empty for
/// a lock, which is asked for as a whole).
/// </summary>
internal sealed record WantedPartial(BlsPublicKey GroupKey, Root SigningRoot, string Message, ReadOnlyMemory<byte> Request);
