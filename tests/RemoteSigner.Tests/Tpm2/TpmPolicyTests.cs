using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

/// <summary>Policies of the kind a sealed key has: a key approves PCR values, and a counter takes approvals back.</summary>
public sealed class TpmPolicyTests : TpmTest
{
    private const uint CounterHandle = 0x01800200;
    private static readonly TpmlPcrSelection _pcrs = TpmlPcrSelection.Sha256(7, 16);
    private readonly byte[] _policyRef = "vault"u8.ToArray();
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly ECDsa _releaseKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private EccPublic ReleaseKey => EccPublic.VerifyingKey(_releaseKey.ExportParameters(false).Q);

    [Fact]
    public void Every_digest_equals_the_trial_sessions()
    {
        using var tpm = Open();
        var counter = Counter(tpm, PinnedRoot(tpm));
        var operand = new byte[8];
        var digest = RandomNumberGenerator.GetBytes(32);

        Assert.Equal(Trial(tpm, session => tpm.PolicyPcr(session, _pcrs)), PolicyDigest.Empty.Pcr(_pcrs, tpm.PcrRead(_pcrs).Digest()));
        Assert.Equal(Trial(tpm, session => tpm.PolicyPcr(session, _pcrs, digest)), PolicyDigest.Empty.Pcr(_pcrs, digest));
        Assert.Equal(
            Trial(tpm, session =>
                tpm.PolicyNv(session, counter, TpmPassword.Empty, operand, 0, TpmEo.UnsignedLessOrEqual, TpmEntity.Owner)
            ),
            PolicyDigest.Empty.NV(counter, operand, 0, TpmEo.UnsignedLessOrEqual)
        );
        Assert.Equal(Trial(tpm, tpm.PolicyAuthValue), PolicyDigest.Empty.AuthValue());
        Assert.Equal(Trial(tpm, session => tpm.PolicyCommandCode(session, TpmCc.Unseal)), PolicyDigest.Empty.CommandCode(TpmCc.Unseal));
        Assert.Equal(
            Trial(tpm, session => tpm.PolicySecret(session, TpmEntity.Endorsement, TpmPassword.Empty)),
            PolicyDigest.Empty.Secret(TpmEntity.Endorsement.Name, [])
        );
        Assert.Equal(
            Trial(tpm, session => Authorize(tpm, session, PolicyDigest.Empty.AuthValue(), () => tpm.PolicyAuthValue(session))),
            PolicyDigest.Authorize(ReleaseKey.Name, _policyRef)
        );
    }

    /// <summary>TCG EK Credential Profile, annex B.6.2.</summary>
    [Fact]
    public void The_policy_of_endorsement_keys_is_the_published_one() =>
        Assert.Equal(
            "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa",
            Convert.ToHexStringLower(TpmTemplates.EndorsementKeyEcc.AuthPolicy)
        );

    [Fact]
    public void Unseals_under_an_approved_policy_until_the_approval_is_revoked()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        var counter = Counter(tpm, root);
        var item = Seal(tpm, root);
        var first = Approve(tpm, root, counter);

        Assert.Equal(_secret, Unseal(tpm, root, item, counter, first));

        // The firmware changes: its PCRs are approved beforehand, from a prediction.
        var predicted = Predict(tpm.PcrRead(_pcrs), 16, new byte[32]);
        var second = Approve(tpm, root, counter, predicted);
        tpm.PcrExtend(16, new byte[32]);
        Assert.Equal(TpmRc.VALUE, Refused(() => Unseal(tpm, root, item, counter, first)));
        Assert.Equal(_secret, Unseal(tpm, root, item, counter, second));

        using var session = tpm.StartHmacSession(root);
        tpm.NvIncrement(counter, session);
        Assert.Equal(TpmRc.POLICY, Refused(() => Unseal(tpm, root, item, counter, second)));
    }

    [Fact]
    public void Refuses_an_approval_by_another_key()
    {
        using var tpm = Open();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = tpm.LoadExternal(ReleaseKey);

        Assert.Equal(TpmRc.SIGNATURE, Refused(() => tpm.VerifySignature(key, new byte[32], other.SignHash(new byte[32]))));
    }

    /// <summary>A policy whose last step is an authorization value is used up by its first use, as the TPM resets the session.</summary>
    [Fact]
    public void A_policy_session_can_be_run_again_after_its_use()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        using var creating = tpm.StartHmacSession(root);
        var item = tpm.Create(root, creating, KeyedHashPublic.SealedUnder(PolicyDigest.Empty.AuthValue(), noDA: true), "pin"u8, _secret);
        using var loaded = tpm.Load(root, creating, item);
        using var policy = tpm.StartPolicySession(root);
        policy.SetAuthValue("pin"u8);
        var secret = new byte[32];

        for (var round = 0; round < 2; round++)
        {
            tpm.PolicyAuthValue(policy);
            Assert.Equal(32, tpm.Unseal(loaded, policy, secret));
        }

        Assert.Equal(_secret, secret);
        Assert.Equal(TpmRc.POLICY_FAIL, Refused(() => tpm.Unseal(loaded, policy, secret)));
    }

    private static PolicyDigest Trial(Tpm tpm, Action<TpmSession> steps)
    {
        using var session = tpm.StartTrialSession();
        steps(session);
        return tpm.PolicyGetDigest(session);
    }

    private static NvIndex Counter(Tpm tpm, PinnedKey root)
    {
        using var session = tpm.StartHmacSession(root);
        var counter = tpm.NvDefineSpace(session, TpmsNvPublic.Counter(CounterHandle), []);
        tpm.NvIncrement(counter, session);
        return counter.AsWritten();
    }

    private SealedObject Seal(Tpm tpm, PinnedKey root)
    {
        using var session = tpm.StartHmacSession(root);
        return tpm.Create(
            root,
            session,
            KeyedHashPublic.SealedUnder(PolicyDigest.Authorize(ReleaseKey.Name, _policyRef), noDA: true),
            [],
            _secret
        );
    }

    private static byte[] Predict(PcrValues now, int extended, byte[] digest) =>
        new PcrValues(
            now.Selection.Indices.ToDictionary(
                index => index,
                index => index == extended ? SHA256.HashData([.. now[index], .. digest]) : now[index].ToArray()
            )
        ).Digest();

    /// <summary>Good as long as the counter is not above what it is now.</summary>
    private static Approval Approve(Tpm tpm, PinnedKey root, NvIndex counter, byte[]? pcrDigest = null)
    {
        using var session = tpm.StartHmacSession(root);
        var limit = new byte[8];
        tpm.NvRead(counter, session, limit);
        return new(
            PolicyDigest.Empty.Pcr(_pcrs, pcrDigest ?? tpm.PcrRead(_pcrs).Digest()).NV(counter, limit, 0, TpmEo.UnsignedLessOrEqual),
            limit
        );
    }

    private byte[] Unseal(Tpm tpm, PinnedKey root, SealedObject item, NvIndex counter, Approval approval)
    {
        using var loaded = tpm.Load(root, TpmPassword.Empty, item);
        using var policy = tpm.StartPolicySession(root);
        Authorize(tpm, policy, approval.Policy, () =>
        {
            tpm.PolicyPcr(policy, _pcrs);
            tpm.PolicyNv(policy, counter, TpmPassword.Empty, approval.Limit, 0, TpmEo.UnsignedLessOrEqual);
        });
        var secret = new byte[32];
        tpm.Unseal(loaded, policy, secret);
        return secret;
    }

    private void Authorize(Tpm tpm, TpmSession policy, PolicyDigest approved, Action steps)
    {
        steps();
        using var key = tpm.LoadExternal(ReleaseKey);
        var digest = approved.ApprovalDigest(_policyRef);
        var ticket = tpm.VerifySignature(key, digest, _releaseKey.SignHash(digest));
        tpm.PolicyAuthorize(policy, approved, _policyRef, key.Name, ticket);
    }

    private sealed record Approval(PolicyDigest Policy, byte[] Limit);
}
