using System.Security.Cryptography;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.Rig;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.RemoteAttestation;

/// <summary>The attestation key is shown to live in the TPM of the endorsement key; tpm2-tools check what we make of it.</summary>
[Trait("Speed", "slow")]
public sealed class CredentialTests : AttestationTest
{
    [Fact]
    public void The_TPM_answers_and_later_evidence_is_bound()
    {
        using var tpm = Open();
        var evidence = Attest(tpm);
        var (challenge, pending) = CredentialChallenge.About(evidence);

        var trust = pending.Settle(
            Attestor.ApiResponse(
                tpm,
                PinnedRoot(tpm),
                RemoteAttestationDocuments.ReadChallenge(RemoteAttestationDocuments.Write(challenge))
            )
        );

        Assert.Equal(CheckVerdict.Pass, Verdict(EvidenceVerifier.Verify(evidence, Everything(evidence) with { Trust = trust }), "binding"));
    }

    [Fact]
    public async Task Another_TPM_cannot_answer_and_its_evidence_is_not_bound()
    {
        var evidence = Attest();
        var (challenge, pending) = CredentialChallenge.About(evidence);
        await using var other = await SoftwareTpm.StartAsync(Directory.CreateDirectory(InFolder("other")).FullName);
        using var tpm = Tpm.Open(TpmAddress.Parse(other.Address));
        var impostor = new Attestor(Pcrs, () => null);

        var refusal = Assert.Throws<RemoteAttestationException>(() => impostor.ApiResponse(tpm, PinnedRoot(tpm), challenge));
        Assert.Equal("the challenge was made for keys of another TPM", refusal.Message);

        // Even one that claims the names cannot open it.
        var theirs = impostor.Attest(
            tpm,
            PinnedRoot(tpm),
            null,
            Claims() with
            {
                Fence = new FenceClaim(FenceClaim.None, null, null),
            },
            Nonce
        );
        var forged = challenge with { EndorsementKeyName = Name(theirs.Endorsement.Key), AttestationKeyName = Name(theirs.AttestationKey) };
        Assert.ThrowsAny<Exception>(() => impostor.ApiResponse(tpm, PinnedRoot(tpm), forged));
        Assert.Throws<RemoteAttestationException>(() =>
            pending.Settle(new CredentialAnswer(CredentialAnswer.DocumentType, 1, pending.AttestationKeyName, new byte[32]))
        );
        Assert.Throws<RemoteAttestationException>(() =>
            pending.Settle(new CredentialAnswer(CredentialAnswer.DocumentType, 1, Name(theirs.AttestationKey), new byte[32]))
        );
    }

    [Fact]
    public async Task A_TPM_without_a_certificate_is_bound_by_its_ECC_key_and_certified_by_nobody()
    {
        await using var other = await SoftwareTpm.StartAsync(Directory.CreateDirectory(InFolder("other")).FullName);
        using var tpm = Tpm.Open(TpmAddress.Parse(other.Address));
        var attestor = new Attestor(Pcrs, () => null);
        var evidence = attestor.Attest(
            tpm,
            PinnedRoot(tpm),
            null,
            Claims() with
            {
                Fence = new FenceClaim(FenceClaim.None, null, null),
            },
            Nonce
        );
        var (challenge, pending) = CredentialChallenge.About(evidence);

        var trust = pending.Settle(attestor.ApiResponse(tpm, PinnedRoot(tpm), challenge));

        Assert.IsType<EccPublic>(TpmtPublic.Parse(trust.EndorsementKey));
        var checks = EvidenceVerifier.Verify(evidence, Everything(evidence) with { Golden = null, Trust = trust });
        Assert.Equal((CheckVerdict.Pass, CheckVerdict.Fail), (Verdict(checks, "binding"), Verdict(checks, "endorsement")));
    }

    [Theory]
    [InlineData("credential")]
    [InlineData("seed")]
    public void A_challenge_that_was_changed_is_refused_in_words(string part)
    {
        using var tpm = Open();
        var (challenge, pending) = CredentialChallenge.About(Attest(tpm));
        var changed =
            part == "seed"
                ? challenge with
                {
                    EncryptedSeed = Changed(challenge.EncryptedSeed),
                }
                : challenge with
                {
                    Credential = Changed(challenge.Credential),
                };

        Assert.Contains(
            "does not open the challenge",
            Assert.Throws<RemoteAttestationException>(() => Attestor.ApiResponse(tpm, PinnedRoot(tpm), changed)).Message,
            StringComparison.Ordinal
        );
        Assert.NotNull(pending.Settle(Attestor.ApiResponse(tpm, PinnedRoot(tpm), challenge)));
    }

    [Fact]
    public void A_challenge_of_another_length_never_reaches_the_TPM()
    {
        using var tpm = Open();
        var (challenge, pending) = CredentialChallenge.About(Attest(tpm));
        foreach (
            var changed in new[]
            {
                challenge with
                {
                    Credential = [],
                },
                challenge with
                {
                    Credential = challenge.Credential[..36],
                },
                challenge with
                {
                    Credential = new byte[5000],
                },
                challenge with
                {
                    EncryptedSeed = [],
                },
                challenge with
                {
                    EncryptedSeed = challenge.EncryptedSeed[1..],
                },
                challenge with
                {
                    EncryptedSeed = [.. challenge.EncryptedSeed, 0],
                },
            }
        )
        {
            Assert.Contains(
                "another length",
                Assert.Throws<RemoteAttestationException>(() => Attestor.ApiResponse(tpm, PinnedRoot(tpm), changed)).Message,
                StringComparison.Ordinal
            );
        }

        Assert.NotNull(pending.Settle(Attestor.ApiResponse(tpm, PinnedRoot(tpm), challenge)));
    }

    /// <summary>The tools make the challenge, our signer answers.</summary>
    [Fact]
    public async Task We_answer_what_the_tools_ask()
    {
        var evidence = Attest();
        var secret = RandomNumberGenerator.GetBytes(32);
        await File.WriteAllBytesAsync(InFolder("ek.pub"), TwoBytesSize(evidence.Endorsement.Key));
        await File.WriteAllBytesAsync(InFolder("secret"), secret);
        (
            await Software.ToolAsync(
                "makecredential",
                "-u",
                "ek.pub",
                "-s",
                "secret",
                "-n",
                Convert.ToHexString(Name(evidence.AttestationKey)),
                "-o",
                "credential"
            )
        ).Succeeded();
        var made = (await File.ReadAllBytesAsync(InFolder("credential")))[8..];
        var blob = Sized(made);

        using var tpm = Open();
        var challenge = new CredentialChallenge(
            CredentialChallenge.DocumentType,
            1,
            Name(evidence.Endorsement.Key),
            Name(evidence.AttestationKey),
            blob,
            Sized(made[(2 + blob.Length)..])
        );
        Assert.Equal(secret, Attestor.ApiResponse(tpm, PinnedRoot(tpm), challenge).Secret);
    }

    /// <summary>We make the challenge, the tools answer: with the endorsement key that the maker left in the TPM.</summary>
    [Fact]
    public async Task The_tools_answer_what_we_ask()
    {
        Evidence evidence;
        using (var tpm = Open())
        {
            evidence = Attest(tpm);
            using var key = tpm.CreatePrimary(TpmEntity.Endorsement, TpmPassword.Empty, TpmTemplates.AttestationKey);
            tpm.MakePersistent(key, 0x81000100, TpmPassword.Empty).Dispose();
        }

        var (challenge, pending) = CredentialChallenge.About(evidence);
        await File.WriteAllBytesAsync(
            InFolder("ours"),
            [0xBA, 0xDC, 0xC0, 0xDE, 0, 0, 0, 1, .. TwoBytesSize(challenge.Credential), .. TwoBytesSize(challenge.EncryptedSeed)]
        );
        (await Software.ToolAsync("startauthsession", "--policy-session", "-S", "session")).Succeeded();
        (await Software.ToolAsync("policysecret", "-S", "session", "-c", "endorsement")).Succeeded();
        (
            await Software.ToolAsync(
                "activatecredential",
                "-c",
                "0x81000100",
                "-C",
                "0x81010001",
                "-i",
                "ours",
                "-o",
                "opened",
                "-P",
                "session:session"
            )
        ).Succeeded();

        var answer = new CredentialAnswer(
            CredentialAnswer.DocumentType,
            1,
            pending.AttestationKeyName,
            await File.ReadAllBytesAsync(InFolder("opened"))
        );
        Assert.Equal(evidence.Endorsement.Key, pending.Settle(answer).EndorsementKey);
    }

    [Fact]
    public async Task The_tools_verify_the_quote_of_our_evidence()
    {
        var evidence = Attest();
        using var key = ECDsa.Create(((EccPublic)TpmtPublic.Parse(evidence.AttestationKey)).ToParameters());
        var signature = evidence.Quote.Signature;
        await File.WriteAllTextAsync(InFolder("ak.pem"), key.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllBytesAsync(InFolder("quote"), evidence.Quote.Attest);
        await File.WriteAllBytesAsync(
            InFolder("signature"),
            [0, 0x18, 0, 0x0B, .. TwoBytesSize(signature.AsSpan(0, 32)), .. TwoBytesSize(signature.AsSpan(32))]
        );
        var digest = ClaimsDigest.Of(Nonce, evidence.Signer, evidence.Endorsement, evidence.EventLog);

        (
            await Software.ToolAsync("checkquote", "-u", "ak.pem", "-m", "quote", "-s", "signature", "-q", Convert.ToHexString(digest))
        ).Succeeded();
        Assert.NotEqual(
            0,
            (
                await Software.ToolAsync("checkquote", "-u", "ak.pem", "-m", "quote", "-s", "signature", "-q", Convert.ToHexString(Nonce))
            ).ExitCode
        );
    }

    private static byte[] Changed(byte[] bytes) => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)];

    private static byte[] Name(byte[] publicArea) => TpmtPublic.Parse(publicArea).Name.Bytes.ToArray();

    private static byte[] Sized(byte[] bytes) => bytes[2..(2 + (bytes[0] << 8 | bytes[1]))];
}
