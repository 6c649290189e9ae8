using System.Diagnostics;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Keys.ImportFault;

namespace RemoteSigner.Keys;

/// <summary>The words of refusals.</summary>
public static class ImportText
{
    internal static ImportRefusal Refusal(VaultListing.Share share, ImportFault fault, string problem, string hint) =>
        new(fault.Code(), share.Label.Length == 0 ? share.ShareKey.ToString() : $"{share.Label} ({share.ShareKey})", problem, hint)
        {
            ShareKey = share.ShareKey,
        };

    /// <summary>Two shares of one validator in one place.</summary>
    internal static ImportRefusal SecondShare(VaultListing.Share share, BlsPublicKey other) =>
        Refusal(
            share,
            SecondShareOfGroup,
            $"another share of its validator {(share.GroupKey is { } group ? $"{group} " : "")}is held or offered: {other}",
            "after a reshare, 'remote-signer cluster import --replace' parks the old share in the same change; a "
                + "parked one comes back by 'cluster revert'. Two operators' shares must not lie in one place"
        );

    /// <summary>
    /// Two shares of one validator sign here, because the one came without its document, and that cannot be mended together with what else
    /// is asked for.
    /// </summary>
    internal static ImportRefusal LateSibling(VaultListing.Share share) =>
        Refusal(
            share,
            SecondShareOfGroup,
            "another share of its validator signs here, too: it came without its document, and nobody knew",
            "'remote-signer cluster bind' or 'add-lock' of this document parks it; "
                + "'cluster import --replace' lets it sign and parks the other one"
        );

    /// <summary>A share of the document that is neither here nor offered.</summary>
    internal static ImportRefusal Missing(BlsPublicKey groupKey) =>
        new(
            ImportFault.MissingKeystore.Code(),
            groupKey.ToString(),
            "our share of this validator is not in the vault, and none is offered: it was taken out while the import was made ready",
            "repeat the command: it then asks for the keystore that is missing"
        );

    /// <summary>A share that is out for a ceremony.</summary>
    internal static ImportRefusal Exported(VaultListing.Share share) =>
        Refusal(
            share,
            ImportFault.Exported,
            "it was exported for a ceremony, and may be in use elsewhere",
            "'remote-signer cluster import' of the ceremony's document lets it sign again; where "
                + "there is none, destroy every copy, then 'remote-signer keys void-export'"
        );

    /// <summary>Why the ledger did not register a key.</summary>
    /// <param name="history">What came along and was read; null where nothing did.</param>
    internal static ImportRefusal Refusal(VaultListing.Share share, Registration reason, InterchangeReport? history) =>
        reason switch
        {
            Registration.NoLowWatermark => NoLowWatermark(share, history),
            Registration.HasHistory => Refusal(
                share,
                HasSlashingHistory,
                "there is slashing history of it here, so it is not a key that never signed",
                "leave out --never-signed and give --slashing FILE; 'remote-signer slashing export' writes what is known here into one"
            ),
            Registration.WasRetired => Refusal(
                share,
                WasRetired,
                "it was deleted here, or another share took its place",
                "'remote-signer keys enable KEY', with the signer stopped, lets it come in again, with the history it had"
            ),
            Registration.OtherGroup => Refusal(
                share,
                OtherGroup,
                "it belongs to another validator in the slashing history",
                "'remote-signer slashing status' shows which"
            ),
            _ => throw new UnreachableException(),
        };

    // An entry with two empty lists may be of a key that never signed, and of one whose history the exporter had lost.
    private static ImportRefusal NoLowWatermark(VaultListing.Share share, InterchangeReport? history) =>
        history switch
        {
            null => Refusal(
                share,
                NoSlashingHistory,
                "nothing is known here of what its validator has signed",
                "give --slashing FILE with its history, or --never-signed if it is new. New in a cluster that signs: another "
                    + "operator's 'remote-signer slashing export FILE --by group' has it, or "
                    + "say --from-now, which refuses everything up to the clock"
            ),
            _ when history.Validators.Any(line => line.PublicKey == share.ShareKey || line.PublicKey == share.GroupKey) => Refusal(
                share,
                NoSlashingHistory,
                "the file names it and lists nothing it signed",
                "import it by itself with --never-signed if it never signed anywhere; else "
                    + "bring an export of the signer that it signed with last"
            ),
            _ => Refusal(
                share,
                NoSlashingHistory,
                "the interchange file says nothing about it",
                "export the history of this key too, or import it by itself with --never-signed if it is new"
            ),
        };
}
