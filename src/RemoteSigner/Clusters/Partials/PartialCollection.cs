using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// Partial signatures of one message for each of some validators of a cluster, as they come from signers and from files: what does not
/// verify under its public share stays outside. It holds no secret.
/// </summary>
public sealed class PartialCollection
{
    private readonly ClusterDocument _document;
    private readonly Dictionary<BlsPublicKey, Collected> _validators;

    /// <param name="document">A verified one.</param>
    /// <param name="wanted">The validators, each with the signing root of its message.</param>
    public PartialCollection(ClusterDocument document, IEnumerable<(BlsPublicKey GroupKey, Root SigningRoot)> wanted) =>
        (_document, _validators) = (
            document,
            wanted.ToDictionary(
                one => one.GroupKey,
                one => new Collected(
                    one.SigningRoot,
                    document.SharesOf(one.GroupKey).ToDictionary(share => share.Index, share => share.PublicShare)
                )
            )
        );

    /// <summary>Those with fewer partials than the threshold, in the order of the document.</summary>
    public IReadOnlyList<BlsPublicKey> Lacking =>
        [
            .. _document.GroupKeys.Where(key =>
                _validators.TryGetValue(key, out var validator) && validator.Partials.Count < _document.Threshold
            ),
        ];

    /// <summary>The message's signing root; null for a validator that is not wanted.</summary>
    public Root? RootOf(BlsPublicKey groupKey) => _validators.GetValueOrDefault(groupKey)?.Root;

    /// <summary>The partials that are here, in the order of share indices.</summary>
    public IReadOnlyList<PartialSignature> Of(BlsPublicKey groupKey) =>
        [.. _validators[groupKey].Partials.Select(one => new PartialSignature(one.Key, one.Value))];

    /// <summary>The share indices whose partials are not here, in order.</summary>
    public IReadOnlyList<ulong> MissingOf(BlsPublicKey groupKey) =>
        [.. _validators[groupKey].Shares.Keys.Where(index => !_validators[groupKey].Partials.ContainsKey(index)).Order()];

    /// <summary>
    /// Keeps those that are what they claim to be, and tells which are not: no signature of the message under that public share, of a share
    /// that there is not, or of a validator that is not wanted.
    /// </summary>
    public IReadOnlyList<ValidatorPartial> Add(IReadOnlyList<ValidatorPartial> claimed)
    {
        var known = claimed.ToLookup(IsKnown);
        List<ValidatorPartial> judged = [.. known[true]];
        var wrong = BlsBatch.FindInvalid([.. judged.Select(Claim)]).ToHashSet();
        foreach (var one in judged.Where((_, position) => !wrong.Contains(position)))
        {
            _validators[one.GroupKey].Partials[one.Partial.ShareIndex] = one.Partial.Signature;
        }

        return [.. known[false], .. judged.Where((_, position) => wrong.Contains(position))];
    }

    /// <summary>The signature of one validator, verified.</summary>
    public GroupSignature Combine(BlsPublicKey groupKey) =>
        GroupSignature.Combine(_document, groupKey, _validators[groupKey].Root, Of(groupKey));

    /// <summary>
    /// The sum of all shares' signatures for all validators, as Charon's <c>signature_aggregate</c> is: a share whose partial is missing is
    /// interpolated from those of others, of which there must be a threshold.
    /// </summary>
    /// <exception cref="InvalidOperationException">A validator is <see cref="Lacking"/>.</exception>
    public BlsSignature SumOfAllShares()
    {
        if (Lacking.Count > 0)
        {
            throw new InvalidOperationException($"{Lacking.Count} validators have fewer partials than the threshold");
        }

        List<byte[]> all = [.. _validators.Values.SelectMany(AllOf).Select(signature => signature.Bytes.ToArray())];
        Span<byte> sum = stackalloc byte[BlsSignature.Length];
        Bls.Combine(all, [.. all.Select(_ => BlsScalar.FromIndex(1))], sum);
        return new BlsSignature(sum);
    }

    private IEnumerable<BlsSignature> AllOf(Collected validator)
    {
        var enough = validator.Partials.Take(_document.Threshold).ToDictionary();
        return validator.Shares.Keys.Select(index =>
            validator.Partials.TryGetValue(index, out var own) ? own : ThresholdSignature.At(index, enough)
        );
    }

    private bool IsKnown(ValidatorPartial one) =>
        _validators.TryGetValue(one.GroupKey, out var validator) && validator.Shares.ContainsKey(one.Partial.ShareIndex);

    private SignatureClaim Claim(ValidatorPartial one) =>
        new(
            _validators[one.GroupKey].Shares[one.Partial.ShareIndex].Bytes.ToArray(),
            _validators[one.GroupKey].Root.Bytes.ToArray(),
            one.Partial.Signature.Bytes.ToArray()
        );

    private sealed record Collected(Root Root, Dictionary<ulong, BlsPublicKey> Shares)
    {
        public SortedDictionary<ulong, BlsSignature> Partials { get; } = [];
    }
}
