using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Keys;
using RemoteSigner.Native;

namespace RemoteSigner.Signing;

/// <content>Many orders at once: the same story for each of them, and one wait for the disk.</content>
public sealed partial class Signer
{
    /// <summary>
    /// Signs each, or says why not, in the order given. All decisions and their audit entries, refusals included, are one transaction; signatures are made on all
    /// cores, and those that are to be verified are verified together.
    /// </summary>
    /// <exception cref="LedgerException">Not everything could be recorded; nothing was signed.</exception>
    public async Task<IReadOnlyList<SignOutcome>> SignAllAsync(IReadOnlyList<SignOrder> orders)
    {
        var judged = new Judgement[orders.Count];
        Parallel.For(0, judged.Length, i => judged[i] = Judge(orders[i]));
        for (var i = 0; i < judged.Length; i++)
        {
            judged[i] = await CoverAsync(orders[i], judged[i]);
        }

        int[] open = [.. Enumerable.Range(0, judged.Length).Where(i => judged[i].Refusal is null)];
        var decisions = await DecideAsync(orders, judged, open);
        SignOutcome[] outcomes = [.. judged.Select(one => one.Refusal!)];
        Parallel.For(0, open.Length, k => outcomes[open[k]] = Conclude(judged[open[k]].Share!, decisions[k]));
        foreach (var i in FindFaulty(judged, outcomes))
        {
            outcomes[i] = await WithholdAsync(orders[i], judged[i].Share!, (SignOutcome.Signed)outcomes[i]);
        }

        return outcomes;
    }

    private async Task<IReadOnlyList<PermitDecision>> DecideAsync(IReadOnlyList<SignOrder> orders, Judgement[] judged, int[] open)
    {
        var started = time.GetTimestamp();
        var decisions = await slashing.RequestAllAsync(
            [.. open.Select(i => new PermitRequest(judged[i].Share!.Identity, judged[i].Message!, (transaction, root, verdict) =>
                audit.Append(transaction, EntryFor(orders[i], judged[i].Share!, root, verdict))))],
            transaction =>
            {
                for (var i = 0; i < judged.Length; i++)
                {
                    if (judged[i].Refusal is not null)
                    {
                        audit.Append(transaction, RefusalEntry(orders[i], judged[i]));
                    }
                }
            });
        foreach (var i in open)
        {
            Recorded(orders[i].Message.Type, time.GetElapsedTime(started));
        }

        return decisions;
    }

    private IEnumerable<int> FindFaulty(Judgement[] judged, SignOutcome[] outcomes)
    {
        int[] claimed = [.. Enumerable.Range(0, outcomes.Length).Where(i => outcomes[i] is SignOutcome.Signed && MustVerify(judged[i].Share!))];
        return BlsBatch.FindFalse([.. claimed.Select(i => Claim(judged[i].Share!, (SignOutcome.Signed)outcomes[i]))]).Select(k => claimed[k]);
    }

    private static SignatureClaim Claim(KeyShare share, SignOutcome.Signed signed) =>
        new(share.PublicKey.Bytes.ToArray(), signed.SigningRoot.Bytes.ToArray(), signed.Signature.Bytes.ToArray());
}
