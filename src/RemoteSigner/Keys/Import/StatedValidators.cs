using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// What an operator himself read in SSV's contract (the event <c>ValidatorAdded</c>): who owns the validators that it serves, and which
/// they are. An owner alone would say nothing, because whoever makes keyshares of his own may sign for any owner.
/// </summary>
public sealed record StatedValidators(ExecutionAddress Owner, IReadOnlySet<BlsPublicKey> Validators)
{
    /// <summary>What of the keyshares is not as stated; empty when all is.</summary>
    internal IReadOnlyList<ImportRefusal> Against(VerifiedKeyshares file)
    {
        const string Hint = "take owner and validators from the contract's ValidatorAdded events, never from the file";
        var keys = file.Document.GroupKeys.ToHashSet();
        return
        [
            .. file
                .Document.File.Validators.Index()
                .Where(validator => validator.Item.OwnerAddress != Owner)
                .Select(validator => new ImportRefusal(
                    ImportFault.OtherOwner.Code(),
                    file.Subject(validator.Index),
                    $"its owner is {validator.Item.OwnerAddress}, not {Owner}",
                    Hint
                )),
            .. file
                .Document.File.Validators.Index()
                .Where(validator => !Validators.Contains(validator.Item.GroupKey))
                .Select(validator => new ImportRefusal(
                    ImportFault.ValidatorNotStated.Code(),
                    file.Subject(validator.Index),
                    "its validator is none of those that were stated",
                    Hint
                )),
            .. Validators
                .Where(key => !keys.Contains(key))
                .Select(key => new ImportRefusal(
                    ImportFault.ValidatorNotInFile.Code(),
                    file.Name,
                    $"the validator {key}, which was stated, is not in it",
                    "give the keyshares of exactly the validators that are stated"
                )),
        ];
    }
}
