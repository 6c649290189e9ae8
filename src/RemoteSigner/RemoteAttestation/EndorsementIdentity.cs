using System.Formats.Asn1;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// Which of the default endorsement keys a TPM is known by: the one whose certificate it holds, ECC before RSA, else ECC, because an RSA
/// key takes a slow chip many seconds to make. Read once: it changes only when the TPM is cleared by its maker's or the platform's leave.
/// </summary>
internal sealed record EndorsementIdentity(TpmtPublic Template, Endorsement Endorsement)
{
    // TCG EK Credential Profile §2.2.1.5: where endorsement keys are kept, if the platform's maker keeps them.
    private const uint PersistentRsa = 0x81010001,
        PersistentEcc = 0x81010002;

    public static EndorsementIdentity Read(Tpm tpm)
    {
        var ecc = tpm.FindEkCertificate(Tpm.EkCertificateEcc);
        var rsa = ecc is null ? tpm.FindEkCertificate(Tpm.EkCertificateRsa) : null;
        var template = rsa is null ? TpmTemplates.EndorsementKeyEcc : TpmTemplates.EndorsementKeyRsa;
        using var key = MakeOrFind(tpm, template);
        return new EndorsementIdentity(template, new Endorsement(key.Public.ToArray(), Trimmed(ecc ?? rsa)));
    }

    /// <summary>The key itself, to be disposed.</summary>
    public TpmObject Open(Tpm tpm) => MakeOrFind(tpm, Template);

    private static TpmObject MakeOrFind(Tpm tpm, TpmtPublic template)
    {
        var handle = template is RsaPublic ? PersistentRsa : PersistentEcc;
        if (tpm.GetHandles(Tpm.PersistentObjects).Contains(handle) && tpm.ReadPublic(handle) is var kept && IsOf(template, kept.Public))
        {
            return kept;
        }

        return tpm.CreatePrimary(TpmEntity.Endorsement, TpmPassword.Empty, template);
    }

    private static bool IsOf(TpmtPublic template, TpmtPublic key) =>
        key.GetType() == template.GetType()
        && key.Attributes == template.Attributes
        && key.AuthPolicy.AsSpan().SequenceEqual(template.AuthPolicy);

    // The index may be longer than the certificate in it.
    private static byte[]? Trimmed(byte[]? certificate) =>
        certificate is not null && AsnDecoder.TryReadEncodedValue(certificate, AsnEncodingRules.DER, out _, out _, out _, out var length)
            ? certificate[..length]
            : certificate;
}
