using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

public sealed class TpmSealTests : TpmTest
{
    private static readonly TpmlPcrSelection _pcrs = TpmlPcrSelection.Sha256(7, 16);
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void Unseals_what_was_sealed_under_the_PCRs()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);

        Assert.Equal(_secret, Unseal(tpm, root, Seal(tpm, root)));
    }

    [Fact]
    public void Refuses_after_a_PCR_has_changed()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        var item = Seal(tpm, root);

        tpm.PcrExtend(16, new byte[32]);

        var refused = Assert.Throws<TpmException>(() => Unseal(tpm, root, item));
        Assert.Equal((TpmRc.POLICY_FAIL, "session 1"), (refused.Rc, refused.Code.Place));
    }

    [Fact]
    public async Task Unseals_after_a_power_cut()
    {
        SealedObject item;
        TpmName name;
        using (var tpm = Open())
        {
            var root = PinnedRoot(tpm);
            (item, name) = (Seal(tpm, root), root.Name);
        }

        await Software.RestartAsync();

        using var again = Open();
        using var key = again.ReadStorageRootKey();
        Assert.Equal(_secret, Unseal(again, key.Pin(name), item));
    }

    [Fact]
    public void Refuses_a_blob_that_was_tampered_with()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        var item = Seal(tpm, root);
        item.Private[^1] ^= 1;

        Assert.Equal(TpmRc.INTEGRITY, Refused(() => Unseal(tpm, root, item)));
    }

    [Theory]
    [InlineData(true, TpmRc.BAD_AUTH)]
    [InlineData(false, TpmRc.AUTH_FAIL)]
    public void Refuses_a_wrong_PIN_and_counts_it_only_where_the_lockout_protects(bool noDA, TpmRc expected)
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        using var session = tpm.StartHmacSession(root);
        var item = tpm.Create(root, session, KeyedHashPublic.SealedUnder(PolicyDigest.Empty.AuthValue(), noDA), "1234"u8, _secret);

        Assert.Equal(_secret, UnsealWithPin(tpm, root, item, "1234"u8.ToArray()));
        Assert.Equal(expected, Refused(() => UnsealWithPin(tpm, root, item, "1235"u8.ToArray())));
        Assert.Equal(noDA ? 0u : 1u, tpm.FindProperty(TpmPt.LOCKOUT_COUNTER));
    }

    /// <summary>The TPM drops them, so an HMAC over all of a derived value would be wrong one time in 256.</summary>
    [Fact]
    public void Takes_an_authorization_value_that_ends_in_zero_bytes()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        byte[] pin = [.. RandomNumberGenerator.GetBytes(30), 0, 0];
        using var session = tpm.StartHmacSession(root);
        var item = tpm.Create(root, session, KeyedHashPublic.SealedUnder(PolicyDigest.Empty.AuthValue(), noDA: true), pin, _secret);

        Assert.Equal(_secret, UnsealWithPin(tpm, root, item, pin));
    }

    [Fact]
    public void Refuses_the_bare_password_of_an_object_with_a_policy()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        using var loaded = tpm.Load(root, TpmPassword.Empty, Seal(tpm, root));

        Assert.Equal(TpmRc.AUTH_UNAVAILABLE, Refused(() => tpm.Unseal(loaded, TpmPassword.Empty, new byte[32])));
    }

    [Fact]
    public void Refuses_another_TPMs_storage_root_key()
    {
        using var tpm = Open();
        using var key = tpm.ProvisionStorageRootKey(TpmPassword.Empty);

        var refused = Assert.Throws<TpmIntegrityException>(() => key.Pin(TpmTemplates.StorageRootKey.Name));

        Assert.Equal(TpmIntegrityFault.Name, refused.Fault);
    }

    [Fact]
    public void Leaves_nothing_loaded()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);

        for (var round = 0; round < 5; round++)
        {
            Unseal(tpm, root, Seal(tpm, root));
        }

        Assert.Empty(tpm.GetHandles(Tpm.TransientObjects));
        Assert.Empty(tpm.GetHandles(Tpm.LoadedSessions));
    }

    private SealedObject Seal(Tpm tpm, PinnedKey root)
    {
        var policy = PolicyDigest.Empty.Pcr(_pcrs, tpm.PcrRead(_pcrs).Digest());
        using var session = tpm.StartHmacSession(root);
        return tpm.Create(root, session, KeyedHashPublic.SealedUnder(policy, noDA: true), [], _secret);
    }

    private static byte[] Unseal(Tpm tpm, PinnedKey root, SealedObject item)
    {
        using var loading = tpm.StartHmacSession(root);
        using var loaded = tpm.Load(root, loading, item);
        using var policy = tpm.StartPolicySession(root);
        tpm.PolicyPcr(policy, _pcrs);
        var secret = new byte[32];
        Assert.Equal(32, tpm.Unseal(loaded, policy, secret));
        return secret;
    }

    private static byte[] UnsealWithPin(Tpm tpm, PinnedKey root, SealedObject item, byte[] pin)
    {
        using var loaded = tpm.Load(root, TpmPassword.Empty, item);
        using var policy = tpm.StartPolicySession(root);
        tpm.PolicyAuthValue(policy);
        policy.SetAuthValue(pin);
        var secret = new byte[32];
        tpm.Unseal(loaded, policy, secret);
        return secret;
    }
}
