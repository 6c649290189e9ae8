using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>That a TPM signed this very document, for this very question.</summary>
internal static class QuoteChecks
{
    public static IReadOnlyList<(string Name, Func<SignedParts, Expectations, EvidenceCheck> Run)> All { get; } =
    [("nonce", Nonce), ("claims", Claims), ("pcrs", Pcrs)];

    /// <summary>A quote, by a primary key of the endorsement hierarchy: for others the TPM hides the counts of resets.</summary>
    public static EvidenceCheck Quote(SignedParts signed)
    {
        if (signed.Quote.Attested is not TpmAttested.Quote)
        {
            return EvidenceCheck.Fail("quote", "what was signed is no quote");
        }

        var clock = signed.Quote.Clock;
        return EvidenceCheck.Of(
            "quote",
            signed.Quote.QualifiedSigner.Equals(QualifiedName(signed.KeyName)),
            $"signed in the TPM after {clock.ResetCount} resets, "
                + $"{TimeSpan.FromMilliseconds(clock.Milliseconds):d\\.hh\\:mm\\:ss} of running "
                + $"in its life, firmware {signed.Quote.FirmwareVersion:x16}",
            "the key that signed is not a primary key of the endorsement hierarchy"
        );
    }

    private static EvidenceCheck Nonce(SignedParts signed, Expectations expected) =>
        expected.Nonce is null
            ? EvidenceCheck.NotChecked("nonce", "none was given: this may be old")
            : EvidenceCheck.Of(
                "nonce",
                CryptographicOperations.FixedTimeEquals(expected.Nonce, signed.Evidence.Nonce),
                "the one that was asked with",
                "another one: this is the answer to another question, or old"
            );

    private static EvidenceCheck Claims(SignedParts signed, Expectations expected)
    {
        var keys = signed.Evidence.Signer.PublicKeys;
        if (!keys.Zip(keys.Skip(1)).All(pair => pair.First.AsSpan().SequenceCompareTo(pair.Second) < 0))
        {
            return EvidenceCheck.Fail("claims", "the public keys are not in ascending order");
        }

        var signer = signed.Evidence.Signer;
        return EvidenceCheck.Of(
            "claims",
            signed.Quote.ExtraData.AsSpan().SequenceEqual(signed.Digest),
            $"vault {signer.VaultId} generation {signer.VaultGeneration}, {keys.Count} keys, audit entry {signer.Audit.Number}: as signed",
            "the document says something else than what was signed"
        );
    }

    private static EvidenceCheck Pcrs(SignedParts signed, Expectations expected)
    {
        var values = new PcrValues(signed.Evidence.Pcrs);
        return EvidenceCheck.Of(
            "pcrs",
            signed.Quote.Attested is TpmAttested.Quote quote
                && !quote.Selection.IsEmpty
                && quote.Selection == values.Selection
                && quote.PcrDigest.AsSpan().SequenceEqual(values.Digest()),
            $"the values of {values.Selection} are the quoted ones",
            "the values are not those that were quoted, or there are none"
        );
    }

    /// <summary>Part 1 §26.5: of a primary key, the digest of the hierarchy's handle and the key's Name.</summary>
    private static TpmName QualifiedName(TpmName key) => TpmName.OfPublicArea([.. TpmEntity.Endorsement.Name.Bytes, .. key.Bytes]);
}
