using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Native;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.Rig;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.RemoteAttestation;

/// <summary>A signer's machine: a certified swtpm with a fence in its NV memory, and a server certificate.</summary>
public abstract class AttestationTest : TpmTest
{
    private static readonly SecretArena _arena = new();
    private static readonly SecretBytes _fenceKey = Secret(),
        _indexAuthorization = Secret();

    protected static TpmlPcrSelection Pcrs { get; } = TpmlPcrSelection.Sha256(0, 1, 2, 3, 4, 5, 6, 7, 11);

    protected FenceIndices Fence => new(TpmAnchor.CounterOf(VaultId, 0).Handle, TpmAnchor.RecordOf(VaultId, 0).Handle, _indexAuthorization);

    protected static DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow().AddHours(1);

    protected byte[] Nonce { get; } = RandomNumberGenerator.GetBytes(32);

    protected Guid VaultId { get; } = Guid.NewGuid();

    protected X509Certificate2 Server { get; } = ServerCertificate();

    /// <summary>Measured by a firmware, and extended into the TPM's PCRs.</summary>
    protected FirmwareLogWriter Log { get; } = new();

    protected Attestor Attestor { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        using var tpm = Open();
        for (var index = 0; index < 8; index++)
        {
            tpm.PcrExtend(index, Log.Measure(index, $"stage {index}"));
        }

        tpm.PcrExtend(11, SHA256.HashData("phase"u8));
        DefineFence(tpm);
        Attestor = new Attestor(Pcrs, () => Log.ToArray());
    }

    protected override Task<SoftwareTpm> StartAsync(string folder) => SoftwareTpm.StartCertifiedAsync(folder);

    protected Evidence Attest(Tpm tpm) => Attestor.Attest(tpm, PinnedRoot(tpm), Fence, Claims(), Nonce);

    protected Evidence Attest()
    {
        using var tpm = Open();
        return Attest(tpm);
    }

    protected SignerClaims Claims() =>
        new(
            "remote-signer 0.1.0",
            VaultId,
            7,
            [.. Enumerable.Range(1, 3).Select(Key)],
            Server.PublicKey.ExportSubjectPublicKeyInfo(),
            new FenceClaim(FenceClaim.Tpm, null, null),
            new AuditClaim(42, SHA256.HashData("head"u8))
        );

    protected static byte[] Key(int number) => [.. Enumerable.Repeat((byte)number, BlsPublicKey.Length)];

    /// <summary>Everything that a verifier can know about this machine.</summary>
    protected Expectations Everything(Evidence genuine) =>
        new()
        {
            Now = AttestationTest.Now,
            Nonce = Nonce,
            Golden = GoldenValues.Of(genuine, null),
            TlsCertificate = Server,
            Keys = genuine.Signer.PublicKeys.Select(key => new BlsPublicKey(key)).ToHashSet(),
            EkRoots = Maker(),
            Trust = new TrustedKeys(
                TrustedKeys.DocumentType,
                TrustedKeys.DocumentVersion,
                genuine.Endorsement.Key,
                TpmtPublic.Parse(genuine.AttestationKey).Name.Bytes.ToArray()
            ),
        };

    protected X509Certificate2Collection Maker()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Software.MakerRoot);
        authorities.ImportFromPemFile(Software.MakerIssuer);
        return authorities;
    }

    protected void MoveFence(Tpm tpm, ulong epoch) => MoveFence(tpm, epoch, Fence.Record);

    protected void MoveFence(Tpm tpm, ulong epoch, uint handle)
    {
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        session.SetAuthValue(_indexAuthorization.Span);
        tpm.NvWrite(
            tpm.NvReadPublic(handle),
            session,
            new FenceRecord(VaultId, 1, SignedBounds.Before(new Epoch(epoch)), new VaultMark(7, default), null).Write(_fenceKey)
        );
    }

    /// <summary>The verdict of one check.</summary>
    protected static CheckVerdict Verdict(IEnumerable<EvidenceCheck> checks, string name) =>
        Assert.Single(checks, check => check.Name == name).Verdict;

    private void DefineFence(Tpm tpm)
    {
        using (var session = tpm.StartHmacSession(PinnedRoot(tpm)))
        {
            tpm.NvDefineSpace(session, TpmAnchor.CounterOf(VaultId, 0), _indexAuthorization.Span);
            tpm.NvDefineSpace(session, TpmAnchor.RecordOf(VaultId, 0), _indexAuthorization.Span);
            session.SetAuthValue(_indexAuthorization.Span);
            tpm.NvIncrement(tpm.NvReadPublic(Fence.Counter), session);
        }

        MoveFence(tpm, 1000);
    }

    private static SecretBytes Secret()
    {
        var bytes = _arena.Allocate(32);
        RandomNumberGenerator.Fill(bytes.Span);
        return bytes;
    }

    private static X509Certificate2 ServerCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=signer", key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
    }
}
