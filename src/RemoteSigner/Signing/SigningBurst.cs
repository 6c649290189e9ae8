using RemoteSigner.Keys;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>Duties of one root for which there is leave, signed together by one core.</summary>
internal sealed class SigningBurst(ArraySegment<SignCase> cases, ShareSigner signer) : IThreadPoolWorkItem
{
    // With less than that a second core would gain nothing, as every burst is checked; with more the first of them would wait for the last.
    private const int Most = 256;

    /// <summary>All for which there is leave, by root, proposals first.</summary>
    public static List<SigningBurst> Of(IEnumerable<SignCase> cases, ShareSigner signer)
    {
        SignCase[] granted = [.. cases.Where(one => one.Permit is not null)];
        Array.Sort(granted, ProposalsFirstThenByRoot);
        var bursts = new List<SigningBurst>();
        for (int start = 0, end; start < granted.Length; start = end)
        {
            for (
                end = start + 1;
                end < granted.Length && end - start < Most && granted[end].Permit!.SigningRoot == granted[start].Permit!.SigningRoot;
                end++
            ) { }

            bursts.Add(new SigningBurst(new ArraySegment<SignCase>(granted, start, end - start), signer));
        }

        return bursts;
    }

    /// <summary>Signs, and tells whoever waits. What the signer trips over is the end of the one that it trips over.</summary>
    public void Execute()
    {
        try
        {
            var granted = new (KeyShare, SigningPermit)[cases.Count];
            for (var i = 0; i < granted.Length; i++)
            {
                granted[i] = (cases[i].Share!, cases[i].Permit!);
            }

            var signatures = signer.Sign(granted);
            for (var i = 0; i < signatures.Length; i++)
            {
                cases[i].Take(signatures[i]);
            }
        }
        catch (Exception) when (cases.Count > 1)
        {
            // One of them is at fault, and costs its own signature alone.
            foreach (var one in cases)
            {
                new SigningBurst(new([one]), signer).Execute();
            }

            return;
        }
        catch (Exception fault)
        {
            cases[0].Fail(fault);
        }

        foreach (var one in cases)
        {
            one.TellSigned();
        }
    }

    private static int ProposalsFirstThenByRoot(SignCase left, SignCase right) =>
        (IsProposal(left), IsProposal(right)) switch
        {
            (true, false) => -1,
            (false, true) => 1,
            _ => left.Permit!.SigningRoot.Bytes.SequenceCompareTo(right.Permit!.SigningRoot.Bytes),
        };

    private static bool IsProposal(SignCase one) => one.Order.Message.Slashable is SlashableContent.Block;
}
