using RemoteSigner.Audit;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// Asks for votes around an act and its fault: both versions of the one that is on record, and, once nothing else is looked at, both
/// versions of new ones. Of all that ever got leave no two may be slashable, nothing that another signer signed gets leave, and no key that
/// may not sign.
/// </summary>
internal sealed class ActProbe
{
    private readonly Dictionary<BlsPublicKey, SlashingOracle> _signed = [];
    private readonly ActStock _stock;

    public ActProbe(ActStock stock)
    {
        _stock = stock;
        foreach (var key in Voters)
        {
            _signed[key] = new SlashingOracle();
            Enumerable.Range((int)ActStock.Voted - 5, 6).ToList().ForEach(target => _signed[key].Sign(Vote((ulong)target, 1)));
        }
    }

    private BlsPublicKey[] Voters => [_stock.Steady.ShareKey, _stock.Doomed.ShareKey, _stock.Elder.ShareKey];

    /// <summary>Leaves the history as it is: what is granted is on record.</summary>
    public async Task AskForOldAsync(SlashingProtection slashing, AuditLog audit)
    {
        foreach (var key in Voters)
        {
            await AskForBothAsync(slashing, audit, key, ActStock.Voted);
        }
    }

    /// <param name="told">Keys of which another signer's vote came in.</param>
    public async Task AskForNewAsync(SlashingProtection slashing, AuditLog audit, IEnumerable<BlsPublicKey> told)
    {
        foreach (var key in told)
        {
            Assert.False(await AskAsync(slashing, audit, key, ActStock.VotedElsewhere, 6), $"{key} voted elsewhere, and here again");
        }

        var states = await slashing.GetKeyStatesAsync();
        foreach (var key in states.Keys)
        {
            for (var target = ActStock.Voted; target <= ActStock.Voted + 2; target++)
            {
                await AskForBothAsync(slashing, audit, key, target);
            }
        }
    }

    /// <summary>One vote from the epoch before; true when it got leave.</summary>
    public static async Task<bool> AskAsync(SlashingProtection slashing, AuditLog audit, BlsPublicKey key, ulong target, int root)
    {
        var message = Duties.Message(Duties.Vote(target - 1, target), Duties.Root(root), ActStock.Network.GenesisValidatorsRoot!.Value);
        var ask = new PermitRequest.Ask(new ProtectedKey(key, null), message, (transaction, signingRoot, verdict) =>
            audit.Append(transaction, Entry(key, target, signingRoot, verdict))
        );
        return (await slashing.RequestAsync([ask]))[0] is PermitDecision.Granted;
    }

    private async Task AskForBothAsync(SlashingProtection slashing, AuditLog audit, BlsPublicKey key, ulong target)
    {
        var states = await slashing.GetKeyStatesAsync();
        foreach (var root in (int[])[2, 1])
        {
            if (await AskAsync(slashing, audit, key, target, root))
            {
                Assert.Equal(KeyState.Active, states[key]);
                var oracle = _signed.TryGetValue(key, out var known) ? known : _signed[key] = new SlashingOracle();
                Assert.False(oracle.IsSlashable(Vote(target, root)), $"{key} voted twice for {target}");
                oracle.Sign(Vote(target, root));
            }
        }
    }

    private static SlashingOracle.Duty Vote(ulong target, int root) => new(false, target - 1, target, root);

    private static AuditEntry Entry(BlsPublicKey key, ulong target, Root root, Verdict verdict) =>
        new()
        {
            Action = "sign",
            Decision = verdict is Verdict.Allowed ? AuditDecision.Granted : AuditDecision.Refused,
            RequestId = "test",
            Client = "vc",
            ShareKey = key,
            Duty = DutyType.Attestation,
            SourceEpoch = new Epoch(target - 1),
            TargetEpoch = new Epoch(target),
            SigningRoot = root,
            SignedBefore = verdict is Verdict.Allowed { AlreadySigned: true },
            Rule = (verdict as Verdict.Refused)?.Rule.ToString(),
        };
}
