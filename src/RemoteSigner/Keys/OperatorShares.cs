using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.Keys;

/// <summary>
/// Opens our operator's shares of an SSV <c>keyshares.json</c>, once every validator in it has passed every check. Which operator is ours follows from our RSA key alone.
/// </summary>
/// <param name="name">What messages call the file.</param>
public sealed class OperatorShares(ReadOnlyMemory<byte> json, string name)
{
    private readonly ClusterDocument.SsvShares _document = new(json);

    /// <summary>The file as it was given, for the archive.</summary>
    public ReadOnlyMemory<byte> Json => json;

    public Root Hash => _document.Hash;

    /// <summary>Verifies every validator in every way that needs no key.</summary>
    /// <exception cref="IntakeException">A check failed; all that failed are listed by their codes.</exception>
    public void Verify()
    {
        List<IntakeRefusal> refusals = [.. KeysharesVerifier.Verify(_document.File).Where(verdict => verdict.Verdict is CheckVerdict.Failed).Select(verdict => Refusal(verdict, (CheckVerdict.Failed)verdict.Verdict, _document.File.Validators[verdict.Position]))];
        if (refusals.Count > 0)
        {
            throw new IntakeException(refusals);
        }
    }

    /// <summary>All shares with their membership, one for each validator in the order of the file; the caller disposes them.</summary>
    /// <exception cref="IntakeException">At least one is bad, does not open with our key, or is not the secret of its public key: none is given, all refusals are listed.</exception>
    public IReadOnlyList<VaultShare> Open(OperatorKey key, SecretArena arena)
    {
        var failed = KeysharesVerifier.Verify(_document.File).Where(verdict => verdict.Verdict is CheckVerdict.Failed).ToLookup(verdict => verdict.Position);
        List<VaultShare> shares = [];
        List<IntakeRefusal> refusals = [];
        foreach (var (position, validator) in _document.File.Validators.Index())
        {
            if (failed[position].Any())
            {
                refusals.AddRange(failed[position].Select(verdict => Refusal(verdict, (CheckVerdict.Failed)verdict.Verdict, validator)));
            }
            else if (Decrypt(validator, key, arena, out var refusal) is { } share)
            {
                shares.Add(share);
            }
            else
            {
                refusals.Add(new IntakeRefusal(refusal.Code, Subject(position, validator), refusal.Problem, refusal.Hint));
            }
        }

        if (refusals.Count == 0)
        {
            return shares;
        }

        shares.ForEach(share => share.Dispose());
        throw new IntakeException(refusals);
    }

    private VaultShare? Decrypt(ValidatorShares validator, OperatorKey key, SecretArena arena, out (string Code, string Problem, string Hint) refusal)
    {
        var ours = validator.Operators.Index().Where(member => OperatorPublicKey.TryParse(member.Item.Key, out var publicKey) && publicKey.Equals(key.PublicKey)).Select(member => member.Index).ToList();
        if (ours is not [var position])
        {
            refusal = ("foreign_operator", $"our key is of none of the operators {string.Join(", ", validator.OperatorIds)}", "give the file of a validator that this operator serves, and this operator's key");
            return null;
        }

        var share = validator.PublicShares[position];
        refusal = ("share_does_not_open", $"what is encrypted to operator {validator.Operators[position].Id} is not the secret of its public share", "whoever made the file made it wrongly, or it was changed: have it made anew");
        return key.DecryptShare(arena, validator.EncryptedShare(position), share) is { } secret
            ? new VaultShare(share, validator.GroupKey, new ClusterMembership(validator.Operators[position].Id, validator.Threshold, validator.Operators.Length, Hash, ShareProvenance.SsvFile), Label, secret)
            : null;
    }

    private string Label => Path.GetFileName(name) is { Length: > 40 } longer ? longer[..40] : Path.GetFileName(name);

    private IntakeRefusal Refusal(KeysharesVerdict verdict, CheckVerdict.Failed failed, ValidatorShares validator) => new(verdict.Code, Subject(verdict.Position, validator), failed.Problem, failed.Hint);

    private string Subject(int position, ValidatorShares validator) => $"{name} shares[{position}] ({validator.GroupKey})";
}
