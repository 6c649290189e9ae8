using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>What became of partial signatures that were to be combined; a closed choice.</summary>
public abstract record GroupSignature
{
    private GroupSignature() { }

    /// <summary>The validator's signature, verified under the group key, and the share indices it was made of.</summary>
    public sealed record Combined(BlsSignature Signature, IReadOnlyList<ulong> ShareIndices) : GroupSignature;

    /// <summary>The document knows no such share, or it is given twice: these indices.</summary>
    public sealed record UnknownShares(IReadOnlyList<ulong> ShareIndices) : GroupSignature;

    /// <summary>These are no signatures of the root under the public shares of the document.</summary>
    public sealed record InvalidPartials(IReadOnlyList<ulong> ShareIndices) : GroupSignature;

    /// <summary>All are right, but fewer than the threshold.</summary>
    public sealed record TooFew(int Given, int Threshold) : GroupSignature;

    /// <summary>All are right and enough, and yet they do not give the group's signature: the document contradicts itself.</summary>
    public sealed record NotOfGroup : GroupSignature;

    /// <summary>
    /// Verifies each partial under its public share, all at once, then combines as many as the threshold asks for. It needs no secret.
    /// </summary>
    public static GroupSignature Combine(
        ClusterDocument document,
        BlsPublicKey groupKey,
        Root signingRoot,
        IReadOnlyList<PartialSignature> partials
    )
    {
        var shares = document.SharesOf(groupKey).ToDictionary(share => share.Index, share => share.PublicShare);
        List<ulong> strange =
        [
            .. partials
                .CountBy(partial => partial.ShareIndex)
                .Where(index => index.Value > 1 || !shares.ContainsKey(index.Key))
                .Select(index => index.Key)
                .Order(),
        ];
        if (strange.Count > 0)
        {
            return new UnknownShares(strange);
        }

        var wrong = BlsBatch.FindInvalid([
            .. partials.Select(partial => new SignatureClaim(
                shares[partial.ShareIndex].Bytes.ToArray(),
                signingRoot.Bytes.ToArray(),
                partial.Signature.Bytes.ToArray()
            )),
        ]);
        return wrong.Count > 0 ? new InvalidPartials([.. wrong.Select(i => partials[i].ShareIndex).Order()])
            : partials.Count < document.Threshold ? new TooFew(partials.Count, document.Threshold)
            : Combine(groupKey, signingRoot, [.. partials.OrderBy(partial => partial.ShareIndex).Take(document.Threshold)]);
    }

    private static GroupSignature Combine(BlsPublicKey groupKey, Root signingRoot, IReadOnlyList<PartialSignature> partials)
    {
        var signature = ThresholdSignature.Combine(partials.ToDictionary(partial => partial.ShareIndex, partial => partial.Signature));
        return Bls.Verify(groupKey.Bytes, signingRoot.Bytes, signature.Bytes)
            ? new Combined(signature, [.. partials.Select(partial => partial.ShareIndex)])
            : new NotOfGroup();
    }
}
