using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Opens the shares that an SSV node sends and has them brought in, all of a request or none. The node does not say what they have signed elsewhere: each begins at this moment of the chain, so
/// that it sits out the epochs that may be under way. One request at a time, and a pause after one that failed: guessing at ciphertexts takes very long then.
/// </summary>
internal sealed class SsvChanges(Administrator administrator, OperatorVoice voice, SecretArena arena, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>What became of each share: imported, or duplicate.</summary>
    /// <exception cref="IntakeException">At least one may not come in, or does not open; nothing was kept.</exception>
    /// <exception cref="AdminException">The clock is in doubt, so that nobody can say from when on they may sign.</exception>
    public async Task<IReadOnlyList<KeymanagerItem>> ImportAsync(IReadOnlyList<SsvBody> bodies, Client client, string requestId, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        List<(SsvBody Body, BlsSecretKey? Secret)> opened = [];
        try
        {
            opened.AddRange(bodies.Select(body => (body, voice.DecryptShare(arena, body.Encrypted, body.PublicKey))));
            if (opened.Exists(share => share.Secret is null))
            {
                await Task.Delay(_pause, time, cancellation);
                throw new IntakeException([.. opened.Index().Where(share => share.Item.Secret is null).Select(share => DoesNotOpen(share.Index, share.Item.Body))]);
            }

            var push = new SharePush(
                [.. opened.Select(share => (share.Body.PublicKey, share.Secret!))],
                ShareProvenance.SsvPush,
                PushLabels.Of(PushLabels.Ssv, time.GetUtcNow()),
                SlashingFloor.FromNow,
                AdminRight.SsvImport);
            return [.. (await administrator.ExecuteAsync(new PushShares(push), new Actor.OfClient(client, requestId), cancellation)).Select(KeymanagerItem.Of)];
        }
        finally
        {
            opened.ForEach(share => share.Secret?.Dispose());
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static IntakeRefusal DoesNotOpen(int position, SsvBody body) =>
        new("share_does_not_open", $"share_keys[{position}] ({body.PublicKey})", "it is not the secret of its public key, encrypted to this operator", "the node takes it for a bad registration and goes on");
}
