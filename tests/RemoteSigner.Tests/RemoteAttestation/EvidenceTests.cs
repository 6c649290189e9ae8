using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.RemoteAttestation;

/// <summary>Evidence of a real (software) TPM: what passes, and what each check finds.</summary>
[Trait("Speed", "slow")]
public sealed class EvidenceTests : AttestationTest
{
    [Fact]
    public void Genuine_evidence_passes_every_check()
    {
        var evidence = Attest();

        var checks = EvidenceVerifier.Verify(RemoteAttestationDocuments.Write(evidence), Everything(evidence));

        Assert.All(checks, check => Assert.True(check.Verdict == CheckVerdict.Pass, $"{check.Name}: {check.Detail}"));
        Assert.Equal(
            [
                "document",
                "attestation-key",
                "quote",
                "nonce",
                "claims",
                "pcrs",
                "fence",
                "starts",
                "time",
                "event-log",
                "golden",
                "tls-certificate",
                "keys",
                "endorsement",
                "binding",
            ],
            checks.Select(check => check.Name)
        );
        Assert.Equal(1000ul, evidence.Signer.Fence.Epoch);
    }

    [Fact]
    public void What_nobody_expects_is_not_checked_and_says_so()
    {
        var checks = EvidenceVerifier.Verify(Attest(), new Expectations { Now = AttestationTest.Now });

        Assert.False(EvidenceVerifier.Failed(checks));
        Assert.Equal(
            ["nonce", "golden", "tls-certificate", "keys", "endorsement", "binding"],
            checks.Where(check => check.Verdict == CheckVerdict.NotChecked).Select(check => check.Name)
        );
    }

    [Fact]
    public void Every_expectation_that_is_not_met_fails_its_own_check_alone()
    {
        var evidence = Attest();
        var all = Everything(evidence);
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = new CertificateRequest("CN=stranger", otherKey, HashAlgorithmName.SHA256).CreateSelfSigned(
            Now.AddDays(-1),
            Now.AddDays(1)
        );
        var other = new byte[32];

        Expect("nonce", all with { Nonce = RandomNumberGenerator.GetBytes(32) });
        Expect("nonce", all with { Nonce = Nonce[..31] });
        Expect("golden", all with { Golden = all.Golden! with { Pcrs = new Dictionary<int, IReadOnlyList<byte[]>> { [7] = [other] } } });
        Expect("golden", all with { Golden = all.Golden! with { Pcrs = new Dictionary<int, IReadOnlyList<byte[]>> { [23] = [other] } } });
        Expect("golden", all with { Golden = all.Golden! with { Pcrs = new Dictionary<int, IReadOnlyList<byte[]>>() } });
        Expect("tls-certificate", all with { TlsCertificate = stranger });
        Expect("keys", all with { Keys = new HashSet<BlsPublicKey> { new(Key(1)) } });
        Expect("keys", all with { Keys = all.Keys!.Append(new BlsPublicKey(Key(9))).ToHashSet() });
        Expect("endorsement", all with { EkRoots = new X509Certificate2Collection(stranger) });
        Expect("endorsement", all with { Now = Now.AddYears(-40) });
        Expect("binding", all with { Trust = all.Trust! with { AttestationKeyName = [0, 11, .. other] } });
        Expect("binding", all with { Trust = all.Trust! with { EndorsementKey = evidence.AttestationKey } });

        void Expect(string failing, Expectations expected) =>
            Assert.Equal(
                [failing],
                EvidenceVerifier.Verify(evidence, expected).Where(check => check.Verdict != CheckVerdict.Pass).Select(check => check.Name)
            );
    }

    [Fact]
    public void One_of_several_good_values_is_enough()
    {
        var evidence = Attest();
        var golden = new GoldenValues(
            GoldenValues.DocumentType,
            1,
            new Dictionary<int, IReadOnlyList<byte[]>> { [7] = [new byte[32], evidence.Pcrs[7]] }
        );

        Assert.Equal(
            CheckVerdict.Pass,
            Verdict(EvidenceVerifier.Verify(evidence, Everything(evidence) with { Golden = golden }), "golden")
        );
    }

    [Fact]
    public void A_fence_that_moved_since_is_not_certified_by_older_evidence()
    {
        using var tpm = Open();
        var old = Attest(tpm);
        MoveFence(tpm, 1009);
        var now = Attest(tpm);

        Assert.Equal(1009ul, now.Signer.Fence.Epoch);
        var spliced = now with { Fence = old.Fence };
        Assert.Equal(CheckVerdict.Fail, Verdict(EvidenceVerifier.Verify(spliced, Everything(now)), "fence"));
    }

    [Theory]
    [InlineData(0x01800700u)]
    [InlineData(0u)]
    public void A_record_in_an_index_that_others_may_write_is_noticed(uint handle)
    {
        using var tpm = Open();
        handle = handle == 0 ? Fence.Record : handle;
        using (var session = tpm.StartHmacSession(PinnedRoot(tpm)))
        {
            if (handle == Fence.Record)
            {
                tpm.NvUndefineSpace(session, tpm.NvReadPublic(handle));
            }

            tpm.NvDefineSpace(session, TpmsNvPublic.Ordinary(handle, FenceRecord.Length), Fence.Authorization.Span);
        }

        MoveFence(tpm, 5000, handle);
        var evidence = Attestor.Attest(tpm, PinnedRoot(tpm), Fence with { Record = handle }, Claims(), Nonce);

        var check = Assert.Single(EvidenceVerifier.Verify(evidence, Everything(evidence)), check => check.Verdict == CheckVerdict.Fail);
        Assert.Equal("fence", check.Name);
    }

    [Fact]
    public void A_fence_elsewhere_is_not_checked_and_one_that_is_hidden_is_noticed()
    {
        using var tpm = Open();
        var elsewhere = Attestor.Attest(
            tpm,
            PinnedRoot(tpm),
            null,
            Claims() with
            {
                Fence = new FenceClaim(FenceClaim.Token, 5, 1),
            },
            Nonce
        );
        var checks = EvidenceVerifier.Verify(elsewhere, Everything(elsewhere));
        Assert.False(EvidenceVerifier.Failed(checks));
        Assert.Equal(CheckVerdict.NotChecked, Verdict(checks, "fence"));

        var hidden = Attest(tpm) with { Fence = null };
        Assert.Equal(CheckVerdict.Fail, Verdict(EvidenceVerifier.Verify(hidden, Everything(hidden)), "fence"));
    }

    [Fact]
    public void A_boot_that_the_log_does_not_tell_is_noticed()
    {
        using var tpm = Open();
        tpm.PcrExtend(4, SHA256.HashData("rootkit"u8));
        var evidence = Attest(tpm);

        var check = Assert.Single(EvidenceVerifier.Verify(evidence, Everything(evidence)), check => check.Verdict == CheckVerdict.Fail);

        Assert.Equal(("event-log", "the events do not replay to the quoted values of PCR 4"), (check.Name, check.Detail));
    }

    [Fact]
    public async Task The_same_keys_sign_after_a_restart_and_the_reset_shows()
    {
        var before = Attest();
        await Software.RestartAsync();
        var after = Attest();

        Assert.Equal(before.AttestationKey, after.AttestationKey);
        Assert.Equal(before.Endorsement.Key, after.Endorsement.Key);
        Assert.Equal(ResetCount(before) + 1, ResetCount(after));
        Assert.Equal(CheckVerdict.Fail, Verdict(EvidenceVerifier.Verify(after with { Fence = before.Fence }, Everything(after)), "time"));
    }

    private static uint ResetCount(Evidence evidence) => TpmsAttest.Parse(evidence.Quote.Attest).Clock.ResetCount;

    [Fact]
    public void Another_TPM_s_endorsement_certificate_is_noticed()
    {
        var evidence = Attest();
        using var stranger = X509CertificateLoader.LoadCertificateFromFile(Software.MakerIssuer);
        var spliced = evidence with { Endorsement = evidence.Endorsement with { Certificate = stranger.RawData } };

        var checks = EvidenceVerifier.Verify(spliced, Everything(evidence));

        Assert.Equal((CheckVerdict.Fail, CheckVerdict.Fail), (Verdict(checks, "claims"), Verdict(checks, "endorsement")));
    }
}
