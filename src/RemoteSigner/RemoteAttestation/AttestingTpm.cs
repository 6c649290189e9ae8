using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// An <see cref="Attestor"/> on the TPM that sealing and the fence use too. Each call is one piece of work there: a move of the fence waits
/// for it, and comes an epoch before a duty needs it.
/// </summary>
/// <remarks>All methods throw <see cref="SealingTpmException"/> when the TPM fails or has no storage root key.</remarks>
public sealed class AttestingTpm(SealingTpm device, Attestor attestor)
{
    /// <inheritdoc cref="Attestor.Attest"/>
    public async Task<Evidence> AttestAsync(FenceIndices? fence, SignerClaims claims, byte[] nonce, CancellationToken cancellation)
    {
        await device.RunAsync(Prepared, cancellation);
        return await RunAsync((tpm, root) => attestor.Attest(tpm, root, fence, claims, nonce), cancellation);
    }

    /// <inheritdoc cref="Attestor.ApiResponse"/>
    public async Task<CredentialAnswer> AnswerAsync(CredentialChallenge challenge, CancellationToken cancellation)
    {
        await device.RunAsync(Prepared, cancellation);
        return await RunAsync((tpm, root) => attestor.ApiResponse(tpm, root, challenge), cancellation);
    }

    private Task<T> RunAsync<T>(Func<Tpm, PinnedKey, T> work, CancellationToken cancellation) =>
        device.RunAsync(tpm => work(tpm, device.PinRoot(tpm)), cancellation);

    // Apart from the rest, so that other work can pass in between.
    private bool Prepared(Tpm tpm)
    {
        attestor.Prepare(tpm);
        return true;
    }
}
