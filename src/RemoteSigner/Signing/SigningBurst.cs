using RemoteSigner.Keys;
using RemoteSigner.Spec;

namespace RemoteSigner.Signing;

/// <summary>Duties of one root for which there is leave, signed together by one core.</summary>
internal sealed class SigningBurst(IReadOnlyList<SignCase> cases, ShareSigner signer) : IThreadPoolWorkItem
{
    // With less than that a second core would gain nothing, as every burst is checked; with more the first of them would wait for the last.
    private const int Most = 256;

    /// <summary>All for which there is leave, by root, proposals first.</summary>
    public static IEnumerable<SigningBurst> Of(IReadOnlyList<SignCase> cases, ShareSigner signer) => cases is [{ Permit: not null } lone] ? [new SigningBurst([lone], signer)] : cases
        .Where(one => one.Permit is not null)
        .GroupBy(one => one.Permit!.SigningRoot)
        .OrderBy(root => root.First().Order.Message.Slashable is not SlashableContent.Block)
        .SelectMany(root => root.Chunk(Most))
        .Select(part => new SigningBurst(part, signer));

    /// <summary>Signs, and tells whoever waits. What the signer trips over is the end of the one that it trips over.</summary>
    public void Execute()
    {
        try
        {
            var signatures = signer.Sign([.. cases.Select(one => (one.Share!, one.Permit!))]);
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
                new SigningBurst([one], signer).Execute();
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
}
