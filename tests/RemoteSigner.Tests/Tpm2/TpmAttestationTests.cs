using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

public sealed class TpmAttestationTests : TpmTest
{
    private const uint RecordHandle = 0x01800300;
    private static readonly TpmlPcrSelection _pcrs = TpmlPcrSelection.Sha256(0, 7, 11);
    private readonly byte[] _challenge = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void A_quote_holds_the_challenge_and_the_PCRs()
    {
        using var tpm = Open();
        using var key = AttestationKey(tpm);

        var attest = tpm.Quote(key, TpmPassword.Empty, _challenge, _pcrs).Verify((EccPublic)key.Public);

        Assert.Equal(_challenge, attest.ExtraData);
        var quote = Assert.IsType<TpmAttested.Quote>(attest.Attested);
        Assert.Equal(_pcrs, quote.Selection);
        Assert.Equal(tpm.PcrRead(_pcrs).Digest(), quote.PcrDigest);
        Assert.Equal(tpm.ReadClock().Clock.ResetCount, attest.Clock.ResetCount);
    }

    [Fact]
    public void A_certification_holds_what_the_index_holds()
    {
        using var tpm = Open();
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        using var key = AttestationKey(tpm);
        var record = RandomNumberGenerator.GetBytes(100);
        var index = tpm.NvDefineSpace(session, TpmsNvPublic.Ordinary(RecordHandle, record.Length), "secret"u8);
        session.SetAuthValue("secret"u8);
        tpm.NvWrite(index, session, record);

        var attest = tpm.NvCertify(key, TpmPassword.Empty, index.AsWritten(), session, _challenge, 60, offset: 40)
            .Verify((EccPublic)key.Public);

        var contents = Assert.IsType<TpmAttested.NvContents>(attest.Attested);
        Assert.Equal((index.AsWritten().Name, 40), (contents.IndexName, contents.Offset));
        Assert.Equal(record[40..], contents.Contents);
        Assert.Equal(_challenge, attest.ExtraData);
    }

    [Fact]
    public void Every_flipped_bit_of_a_quote_is_noticed()
    {
        using var tpm = Open();
        using var key = AttestationKey(tpm);
        var quote = tpm.Quote(key, TpmPassword.Empty, _challenge, _pcrs);

        for (var position = 0; position < quote.Attest.Length; position++)
        {
            quote.Attest[position] ^= 1;
            Assert.Equal(
                TpmIntegrityFault.Signature,
                Assert.Throws<TpmIntegrityException>(() => quote.Verify((EccPublic)key.Public)).Fault
            );
            quote.Attest[position] ^= 1;
        }

        Assert.Equal(_challenge, quote.Verify((EccPublic)key.Public).ExtraData);
    }

    [Theory]
    [InlineData(TpmaObject.FixedTPM)]
    [InlineData(TpmaObject.SensitiveDataOrigin)]
    public void Refuses_a_key_whose_private_half_may_be_elsewhere(TpmaObject missing)
    {
        using var tpm = Open();
        using var key = AttestationKey(tpm);
        var quote = tpm.Quote(key, TpmPassword.Empty, _challenge, _pcrs);
        var area = (EccPublic)key.Public;
        var imported = new EccPublic(area.Attributes & ~missing, [], area.Symmetric, area.Scheme, area.X, area.Y);

        Assert.Equal(TpmIntegrityFault.Signature, Assert.Throws<TpmIntegrityException>(() => quote.Verify(imported)).Fault);
    }

    [Fact]
    public void Refuses_a_key_that_would_sign_an_invented_attestation()
    {
        using var tpm = Open();
        using var key = AttestationKey(tpm);
        var quote = tpm.Quote(key, TpmPassword.Empty, _challenge, _pcrs);
        var area = (EccPublic)key.Public;
        var unrestricted = new EccPublic(area.Attributes & ~TpmaObject.Restricted, [], area.Symmetric, area.Scheme, area.X, area.Y);

        Assert.Equal(TpmIntegrityFault.Signature, Assert.Throws<TpmIntegrityException>(() => quote.Verify(unrestricted)).Fault);
    }

    [Fact]
    public void The_attestation_key_is_the_same_one_after_a_restart_only_within_its_hierarchy()
    {
        using var tpm = Open();
        using var first = AttestationKey(tpm);
        using var second = AttestationKey(tpm);
        using var other = tpm.CreatePrimary(TpmEntity.Owner, TpmPassword.Empty, TpmTemplates.AttestationKey);

        Assert.Equal(first.Name, second.Name);
        Assert.NotEqual(first.Name, other.Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_credential_made_offline_is_opened_by_the_TPM_that_has_both_keys(bool ecc)
    {
        using var tpm = Open();
        using var attestationKey = AttestationKey(tpm);
        using var endorsementKey = EndorsementKey(tpm, ecc);

        var credential = TpmCredential.Make(endorsementKey.Public, attestationKey.Name, _challenge);

        Assert.Equal(_challenge, Activate(tpm, attestationKey, endorsementKey, credential));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_credential_for_another_attestation_key_is_refused(bool ecc)
    {
        using var tpm = Open();
        using var attestationKey = AttestationKey(tpm);
        using var endorsementKey = EndorsementKey(tpm, ecc);

        var credential = TpmCredential.Make(endorsementKey.Public, TpmTemplates.AttestationKey.Name, _challenge);

        Assert.Equal(TpmRc.INTEGRITY, Refused(() => Activate(tpm, attestationKey, endorsementKey, credential)));
    }

    [Fact]
    public void An_endorsement_key_that_somebody_made_up_is_refused()
    {
        var made = (RsaPublic)TpmTemplates.EndorsementKeyRsa;

        Assert.Equal(
            TpmIntegrityFault.Malformed,
            Assert.Throws<TpmIntegrityException>(() => TpmCredential.Make(made, made.Name, _challenge)).Fault
        );
        Assert.ThrowsAny<CryptographicException>(() => TpmCredential.Make(TpmTemplates.EndorsementKeyEcc, made.Name, _challenge));
    }

    [Fact]
    public void The_clock_goes_forward()
    {
        using var tpm = Open();

        var first = tpm.ReadClock();
        var second = tpm.ReadClock();

        Assert.InRange(second.Clock.Milliseconds, first.Clock.Milliseconds, first.Clock.Milliseconds + 60_000);
        Assert.True(second.Clock.Safe);
    }

    [Fact]
    public void A_TPM_without_a_certificate_has_none()
    {
        using var tpm = Open();

        Assert.Null(tpm.FindEkCertificate(Tpm.EkCertificateEcc));
    }

    private static TpmObject AttestationKey(Tpm tpm) =>
        tpm.CreatePrimary(TpmEntity.Endorsement, TpmPassword.Empty, TpmTemplates.AttestationKey);

    private static TpmObject EndorsementKey(Tpm tpm, bool ecc) =>
        tpm.CreatePrimary(TpmEntity.Endorsement, TpmPassword.Empty, ecc ? TpmTemplates.EndorsementKeyEcc : TpmTemplates.EndorsementKeyRsa);

    private static byte[] Activate(Tpm tpm, TpmObject attestationKey, TpmObject endorsementKey, TpmCredential credential)
    {
        using var policy = tpm.StartPolicySession(PinnedRoot(tpm));
        tpm.PolicySecret(policy, TpmEntity.Endorsement, TpmPassword.Empty);
        var secret = new byte[32];
        var length = tpm.ActivateCredential(attestationKey, TpmPassword.Empty, endorsementKey, policy, credential, secret);
        return secret[..length];
    }
}
