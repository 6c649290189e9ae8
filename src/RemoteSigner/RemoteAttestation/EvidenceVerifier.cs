using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// Judges evidence without a TPM and without the network. Every check has its line, in an order in which each leans only on those before
/// it.
/// </summary>
public static class EvidenceVerifier
{
    /// <summary>Never throws for what stands in the document: a document that cannot be read is one check that failed.</summary>
    public static IReadOnlyList<EvidenceCheck> Verify(ReadOnlySpan<byte> document, Expectations expected)
    {
        try
        {
            return Verify(RemoteAttestationDocuments.ReadEvidence(document), expected);
        }
        catch (RemoteAttestationException exception)
        {
            return [EvidenceCheck.Fail("document", exception.Message)];
        }
    }

    public static IReadOnlyList<EvidenceCheck> Verify(Evidence evidence, Expectations expected)
    {
        var checks = new List<EvidenceCheck>
        {
            EvidenceCheck.Pass("document", $"version {evidence.Version}, by {evidence.Signer.Program}"),
        };
        try
        {
            var key = AttestationKeyOf(evidence);
            checks.Add(EvidenceCheck.Pass("attestation-key", $"a restricted signing key, fixed to its TPM: {key.Name}"));
            var signed = new SignedParts(evidence, key);
            checks.Add(QuoteChecks.Quote(signed));
            checks.AddRange(Guarded(signed, expected, QuoteChecks.All));
            checks.AddRange(Guarded(signed, expected, FenceChecks.All));
            checks.AddRange(Guarded(signed, expected, PlatformChecks.All));
            checks.AddRange(Guarded(signed, expected, IdentityChecks.All));
        }
        catch (CryptographicException exception)
        {
            // Nothing else means anything when the key or the quote is not genuine.
            checks.Add(EvidenceCheck.Fail(checks.Count == 1 ? "attestation-key" : "quote", exception.Message));
        }

        return checks;
    }

    public static bool Failed(IEnumerable<EvidenceCheck> checks) => checks.Any(check => check.Verdict == CheckVerdict.Fail);

    /// <summary>Exactly our template but for its point: any other key might sign what no TPM said.</summary>
    private static EccPublic AttestationKeyOf(Evidence evidence)
    {
        var template = (EccPublic)TpmTemplates.AttestationKey;
        return
            TpmtPublic.Parse(evidence.AttestationKey) is EccPublic key
            && new EccPublic(template.Attributes, template.AuthPolicy, template.Symmetric, template.Scheme, key.X, key.Y).Name.Equals(
                key.Name
            )
            ? key
            : throw new TpmIntegrityException(
                TpmIntegrityFault.Signature,
                "the attestation key is not of the template: it may sign what no TPM said"
            );
    }

    private static IEnumerable<EvidenceCheck> Guarded(
        SignedParts signed,
        Expectations expected,
        IReadOnlyList<(string Name, Func<SignedParts, Expectations, EvidenceCheck> Run)> checks
    )
    {
        foreach (var (name, run) in checks)
        {
            EvidenceCheck check;
            try
            {
                check = run(signed, expected);
            }
            catch (Exception exception) when (exception is CryptographicException or RemoteAttestationException)
            {
                check = EvidenceCheck.Fail(name, exception.Message);
            }

            yield return check;
        }
    }
}
