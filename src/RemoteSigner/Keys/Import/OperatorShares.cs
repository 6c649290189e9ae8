using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>Opens our operator's shares of verified keyshares. Which operator is ours follows from our RSA key alone.</summary>
public sealed class OperatorShares(VerifiedKeyshares file)
{
    /// <summary>All shares that are not held, with their membership, in the order of the file; the caller disposes them.</summary>
    /// <param name="key">Our operator's.</param>
    /// <param name="arena">Where the shares go.</param>
    /// <param name="held">Shares that are in the vault.</param>
    /// <exception cref="ImportException">At least one does not open with our key, or is not the secret of its public key: none is given,
    /// all refusals are listed.</exception>
    public IReadOnlyList<VaultShare> Open(OperatorKey key, SecretArena arena, IReadOnlySet<BlsPublicKey>? held = null)
    {
        List<VaultShare> shares = [];
        List<ImportRefusal> refusals = [];
        foreach (
            var (position, validator) in file
                .Document.File.Validators.Index()
                .Where(one => held is null || !one.Item.PublicShares.Any(held.Contains))
        )
        {
            if (Decrypt(validator, key, arena, out var refusal) is { } share)
            {
                shares.Add(share);
            }
            else
            {
                refusals.Add(new ImportRefusal(refusal.Code, file.Subject(position), refusal.Problem, refusal.Hint));
            }
        }

        if (refusals.Count == 0)
        {
            return shares;
        }

        shares.ForEach(share => share.Dispose());
        throw new ImportException(refusals);
    }

    private VaultShare? Decrypt(
        ValidatorShares validator,
        OperatorKey key,
        SecretArena arena,
        out (string Code, string Problem, string Hint) refusal
    )
    {
        var ours = validator
            .Operators.Index()
            .Where(member => OperatorPublicKey.TryParse(member.Item.Key, out var publicKey) && publicKey.Equals(key.PublicKey))
            .Select(member => member.Index)
            .ToList();
        if (ours is not [var position])
        {
            refusal = (
                ImportFault.ForeignOperator.Code(),
                $"our key is of none of the operators {string.Join(", ", validator.OperatorIds)}",
                "give the file of a validator that this operator serves, and this operator's key"
            );
            return null;
        }

        var share = validator.PublicShares[position];
        refusal = (
            ImportFault.ShareDoesNotOpen.Code(),
            $"what is encrypted to operator {validator.Operators[position].Id} is not the secret of its public share",
            "whoever made the file made it wrongly, or it was changed: have it made anew"
        );
        return key.DecryptShare(arena, validator.EncryptedShare(position), share) is { } secret
            ? new VaultShare(share, validator.GroupKey, MembershipOf(file, validator, position, ShareProvenance.SsvFile), Label, secret)
            : null;
    }

    /// <summary>What the vault seals with the share of the operator at this position of a validator.</summary>
    public static ClusterMembership MembershipOf(
        VerifiedKeyshares file,
        ValidatorShares validator,
        int position,
        ShareProvenance provenance
    ) => new(validator.Operators[position].Id, validator.Threshold, validator.Operators.Length, file.Document.Hash, provenance);

    private string Label => Path.GetFileName(file.Name) is { Length: > 40 } longer ? longer[..40] : Path.GetFileName(file.Name);
}
