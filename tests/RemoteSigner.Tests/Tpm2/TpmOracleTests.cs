using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

/// <summary>What we make, tpm2-tools (built on libtss2-esys, another implementation) understands, and the other way round.</summary>
public sealed class TpmOracleTests : TpmTest
{
    private const string Handle = "0x01800600";
    private const uint Index = 0x01800600;
    private static readonly TpmlPcrSelection _pcrs = TpmlPcrSelection.Sha256(7, 16);
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public async Task The_tools_unseal_what_we_sealed()
    {
        using (var tpm = Open())
        {
            var root = PinnedRoot(tpm);
            using var session = tpm.StartHmacSession(root);
            var policy = PolicyDigest.Empty.Pcr(_pcrs, tpm.PcrRead(_pcrs).Digest());
            var item = tpm.Create(root, session, KeyedHashPublic.SealedUnder(policy, noDA: true), [], _secret);
            Write("i.pub", TwoBytesSize(item.Public.ToArray()));
            Write("i.priv", TwoBytesSize(item.Private));
        }

        await ToolAsync("load", "-C", "0x81000001", "-u", "i.pub", "-r", "i.priv", "-c", "i.ctx");
        await ToolAsync("unseal", "-c", "i.ctx", "-p", "pcr:sha256:7,16", "-o", "secret");

        Assert.Equal(_secret, Read("secret"));
    }

    [Fact]
    public async Task We_unseal_what_the_tools_sealed()
    {
        using (var tpm = Open())
        {
            PinnedRoot(tpm);
        }

        Write("secret", _secret);
        await TrialAsync("policypcr", "-l", "sha256:7,16");
        await ToolAsync("create", "-C", "0x81000001", "-L", "policy", "-i", "secret", "-u", "o.pub", "-r", "o.priv");

        using var again = Open();
        var root = PinnedRoot(again);
        using var loaded = again.Load(
            root,
            TpmPassword.Empty,
            new SealedObject(Read("o.priv")[2..], TpmtPublic.Parse(Read("o.pub").AsSpan(2)))
        );
        using var policy = again.StartPolicySession(root);
        again.PolicyPcr(policy, _pcrs);
        var secret = new byte[32];
        Assert.Equal(32, again.Unseal(loaded, policy, secret));
        Assert.Equal(_secret, secret);
    }

    [Fact]
    public async Task The_tools_compute_the_same_policies()
    {
        PcrValues pcrs;
        NvIndex counter;
        var key = EccPublic.VerifyingKey(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportParameters(false).Q);
        using (var tpm = Open())
        {
            pcrs = tpm.PcrRead(_pcrs);
            counter = tpm.NvDefineSpace(TpmPassword.Empty, TpmsNvPublic.Counter(Index), []);
            tpm.NvIncrement(counter, TpmPassword.Empty);
        }

        Write("operand", new byte[8]);
        Write("ref", "vault"u8.ToArray());
        Write("key.name", key.Name.Bytes.ToArray());
        Write("any", new byte[32]);

        Assert.Equal(PolicyDigest.Empty.Pcr(_pcrs, pcrs.Digest()), await TrialAsync("policypcr", "-l", "sha256:7,16"));
        Assert.Equal(
            PolicyDigest.Empty.NV(counter.AsWritten(), new byte[8], 0, TpmEo.UnsignedLessOrEqual),
            await TrialAsync("policynv", Handle, "-C", "o", "-i", "operand", "ule")
        );
        Assert.Equal(PolicyDigest.Empty.AuthValue(), await TrialAsync("policyauthvalue"));
        Assert.Equal(PolicyDigest.Empty.CommandCode(TpmCc.Unseal), await TrialAsync("policycommandcode", "TPM2_CC_Unseal"));
        Assert.Equal(PolicyDigest.Empty.Secret(TpmEntity.Endorsement.Name, []), await TrialAsync("policysecret", "-c", "endorsement"));
        Assert.Equal(
            PolicyDigest.Authorize(key.Name, "vault"u8),
            await TrialAsync("policyauthorize", "-i", "any", "-q", "ref", "-n", "key.name")
        );
    }

    [Fact]
    public async Task The_tools_know_keys_and_indices_by_the_same_names()
    {
        TpmName root;
        NvIndex index;
        byte[] ecc,
            rsa;
        using (var tpm = Open())
        {
            root = PinnedRoot(tpm).Name;
            index = tpm.NvDefineSpace(TpmPassword.Empty, TpmsNvPublic.Ordinary(Index, 64), []);
            using var first = tpm.CreatePrimary(TpmEntity.Endorsement, TpmPassword.Empty, TpmTemplates.EndorsementKeyEcc);
            using var second = tpm.CreatePrimary(TpmEntity.Endorsement, TpmPassword.Empty, TpmTemplates.EndorsementKeyRsa);
            (ecc, rsa) = (first.Public.ToArray(), second.Public.ToArray());
        }

        await ToolAsync("readpublic", "-c", "0x81000001", "-n", "name");
        Assert.Equal(root, new TpmName(Read("name")));
        Assert.Contains(index.Name.ToString(), (await ToolAsync("nvreadpublic", Handle)).ToLowerInvariant());
        await ToolAsync("createek", "-G", "ecc", "-c", "ecc.ctx", "-u", "ecc.pub");
        Assert.Equal(ecc, Read("ecc.pub")[2..]);
        await ToolAsync("createek", "-G", "rsa", "-c", "rsa.ctx", "-u", "rsa.pub");
        Assert.Equal(rsa, Read("rsa.pub")[2..]);
    }

    [Fact]
    public async Task The_tools_read_and_write_the_same_index()
    {
        using (var tpm = Open())
        {
            using var session = tpm.StartHmacSession(PinnedRoot(tpm));
            var index = tpm.NvDefineSpace(session, TpmsNvPublic.Ordinary(Index, 32), "auth"u8);
            session.SetAuthValue("auth"u8);
            tpm.NvWrite(index, session, _secret);
        }

        await ToolAsync("nvread", Handle, "-P", "auth", "-o", "ours");
        Assert.Equal(_secret, Read("ours"));
        var theirs = RandomNumberGenerator.GetBytes(32);
        Write("theirs", theirs);
        await ToolAsync("nvwrite", Handle, "-P", "auth", "-i", "theirs");

        using var again = Open();
        using var reading = again.StartHmacSession(PinnedRoot(again));
        reading.SetAuthValue("auth"u8);
        var read = new byte[32];
        again.NvRead(again.NvReadPublic(Index), reading, read);
        Assert.Equal(theirs, read);
    }

    [Fact]
    public async Task The_tools_verify_our_quote()
    {
        var challenge = RandomNumberGenerator.GetBytes(20);
        using (var tpm = Open())
        {
            using var key = tpm.CreatePrimary(TpmEntity.Endorsement, TpmPassword.Empty, TpmTemplates.AttestationKey);
            var quote = tpm.Quote(key, TpmPassword.Empty, challenge, _pcrs);
            using var ecdsa = ECDsa.Create(((EccPublic)key.Public).ToParameters());
            await File.WriteAllTextAsync(InFolder("ak.pem"), ecdsa.ExportSubjectPublicKeyInfoPem());
            Write("quote", quote.Attest);
            Write(
                "signature",
                [0, 0x18, 0, 0x0B, .. TwoBytesSize(quote.Signature.AsSpan(0, 32)), .. TwoBytesSize(quote.Signature.AsSpan(32))]
            );
        }

        await ToolAsync("checkquote", "-u", "ak.pem", "-m", "quote", "-s", "signature", "-q", Convert.ToHexString(challenge));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Credentials_open_both_ways(bool ecc)
    {
        byte[] header = [0xBA, 0xDC, 0xC0, 0xDE, 0, 0, 0, 1];
        TpmName name;
        using (var tpm = Open())
        {
            using var attestationKey = tpm.CreatePrimary(TpmEntity.Endorsement, TpmPassword.Empty, TpmTemplates.AttestationKey);
            using var endorsementKey = tpm.CreatePrimary(
                TpmEntity.Endorsement,
                TpmPassword.Empty,
                ecc ? TpmTemplates.EndorsementKeyEcc : TpmTemplates.EndorsementKeyRsa
            );
            using var first = tpm.MakePersistent(endorsementKey, 0x81010001, TpmPassword.Empty);
            using var second = tpm.MakePersistent(attestationKey, 0x81010002, TpmPassword.Empty);
            var credential = TpmCredential.Make(endorsementKey.Public, attestationKey.Name, _secret);
            name = attestationKey.Name;
            Write("ours", [.. header, .. TwoBytesSize(credential.Blob), .. TwoBytesSize(credential.EncryptedSeed)]);
            Write("ek.pub", TwoBytesSize(endorsementKey.Public.ToArray()));
            Write("secret", _secret);
        }

        await ToolAsync("startauthsession", "--policy-session", "-S", "session");
        await ToolAsync("policysecret", "-S", "session", "-c", "endorsement");
        await ToolAsync(
            "activatecredential",
            "-c",
            "0x81010002",
            "-C",
            "0x81010001",
            "-i",
            "ours",
            "-o",
            "opened",
            "-P",
            "session:session"
        );
        Assert.Equal(_secret, Read("opened"));

        await ToolAsync("makecredential", "-u", "ek.pub", "-s", "secret", "-n", name.ToString(), "-o", "theirs");
        var (blob, seed) = Split(Read("theirs").AsSpan(header.Length));
        using var again = Open();
        using var ek = again.ReadPublic(0x81010001);
        using var ak = again.ReadPublic(0x81010002);
        using var policy = again.StartPolicySession(PinnedRoot(again));
        again.PolicySecret(policy, TpmEntity.Endorsement, TpmPassword.Empty);
        var answer = new byte[32];
        Assert.Equal(32, again.ActivateCredential(ak, TpmPassword.Empty, ek, policy, new TpmCredential(blob, seed), answer));
        Assert.Equal(_secret, answer);
    }

    [Fact]
    public async Task We_find_the_certificate_of_the_endorsement_key()
    {
        var certificate = RandomNumberGenerator.GetBytes(1300);
        Write("certificate", certificate);
        await ToolAsync("nvdefine", "0x01C0000A", "-C", "o", "-s", "1300", "-a", "ownerread|ownerwrite|authread|no_da");
        await ToolAsync("nvwrite", "0x01C0000A", "-C", "o", "-i", "certificate");

        using var tpm = Open();

        Assert.Equal(certificate, tpm.FindEkCertificate(Tpm.EkCertificateEcc));
    }

    private static (byte[] First, byte[] Second) Split(ReadOnlySpan<byte> sized)
    {
        var end = 2 + (sized[0] << 8 | sized[1]);
        return (sized[2..end].ToArray(), sized[(end + 2)..].ToArray());
    }

    private async Task<PolicyDigest> TrialAsync(string step, params string[] arguments)
    {
        await ToolAsync("startauthsession", "-S", "session");
        await ToolAsync([step, "-S", "session", "-L", "policy", .. arguments]);
        await ToolAsync("flushcontext", "session");
        return PolicyDigest.Of(Read("policy"));
    }

    private async Task<string> ToolAsync(params string[] arguments)
    {
        var output = (await Software.ToolAsync(arguments)).Succeeded().Output;
        await Software.FlushAsync();
        return output;
    }

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(InFolder(name), bytes);

    private byte[] Read(string name) => File.ReadAllBytes(InFolder(name));
}
