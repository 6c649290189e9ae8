using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Sealing.Tpm;

/// <summary>Approvals and what they are made of, without a TPM.</summary>
public sealed class FirmwareApprovalTests : IDisposable
{
    private readonly SecretArena _arena = new();
    private readonly ReleaseKey _release = ReleaseKey.Generate();
    private readonly FirmwareApprovalRequest _request = new(RandomNumberGenerator.GetBytes(32), 0x01901232, 7, "000b");

    public void Dispose()
    {
        _release.Dispose();
        _arena.Dispose();
    }

    [Fact]
    public void Are_read_as_they_were_written_and_any_change_breaks_the_signature()
    {
        var approval = TpmApproval.Sign(
            _release,
            "firmware 2",
            _request,
            TpmlPcrSelection.Sha256(7, 11),
            RandomNumberGenerator.GetBytes(32),
            7
        );

        var read = FirmwareApprovalJson.ReadApproval(FirmwareApprovalJson.Write(approval));

        Assert.True(read.IsSignedBy(_release));
        Assert.Equal(FirmwareApprovalJson.Write(approval), FirmwareApprovalJson.Write(read));
        Assert.All(
            new[]
            {
                read with
                {
                    AtMost = 8,
                },
                read with
                {
                    Revocation = read.Revocation + 1,
                },
                read with
                {
                    Pcrs = TpmlPcrSelection.Sha256(7),
                },
                read with
                {
                    PcrDigest = new byte[32],
                },
                read with
                {
                    Vault = new byte[32],
                },
                read with
                {
                    Signature = new byte[64],
                },
                read with
                {
                    Signature = [],
                },
            },
            changed => Assert.False(changed.IsSignedBy(_release))
        );
        Assert.True((read with { Label = "another name" }).IsSignedBy(_release));
    }

    [Fact]
    public void A_request_is_read_as_it_was_written()
    {
        var read = FirmwareApprovalJson.ReadRequest(FirmwareApprovalJson.Write(_request));

        Assert.Equal((_request.Revocation, _request.Count, _request.ReleaseKey), (read.Revocation, read.Count, read.ReleaseKey));
        Assert.Equal(_request.Vault, read.Vault);
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\u00ff\"")]
    public void A_text_that_is_none_is_refused(string text)
    {
        var json = Encoding.Latin1.GetBytes($"{{\"version\":1,\"vault\":\"00\",\"releaseKey\":{text}}}");

        Assert.Contains("not UTF-8", Assert.Throws<FormatException>(() => FirmwareApprovalJson.ReadRequest(json)).Message);
        Assert.Throws<FormatException>(() => FirmwareApprovalJson.ReadApproval(json));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData(
        """{"version":1,"vault":"0x0000000000000000000000000000000000000000000000000000000000000000","revocationIndex":"0x01901232","revocationCount":1,"releaseKey":"x"}"""
    )]
    [InlineData(
        """{"version":1,"vault":"0x00000000000000000000000000000000000000000000000000000000000000","revocationIndex":"0x01901232","revocationCount":1,"releaseKey":"x"}"""
    )]
    [InlineData("""{"version":1,"vault":"00","revocationIndex":"0x01901232","revocationCount":1,"releaseKey":"x"}""")]
    [InlineData(
        """{"version":2,"vault":"0000000000000000000000000000000000000000000000000000000000000000","revocationIndex":"0x01901232","revocationCount":1,"releaseKey":"x"}"""
    )]
    [InlineData(
        """{"version":1,"vault":"0000000000000000000000000000000000000000000000000000000000000000","revocationIndex":"0x01C00002","revocationCount":1,"releaseKey":"x"}"""
    )]
    [InlineData(
        """{"version":1,"vault":"0000000000000000000000000000000000000000000000000000000000000000","revocationIndex":"0x01901232","revocationCount":-1,"releaseKey":"x"}"""
    )]
    public void What_is_no_request_is_refused(string json)
    {
        var fault = Assert.Throws<FormatException>(() => FirmwareApprovalJson.ReadRequest(Encoding.UTF8.GetBytes(json)));

        Assert.DoesNotContain("RemoteSigner.", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", "sha256:7")]
    [InlineData("11,7", "sha256:7,11")]
    [InlineData("sha256:0,23", "sha256:0,23")]
    public void PCRs_are_read_as_people_write_them(string text, string expected) => Assert.Equal(expected, PcrList.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("7,7")]
    [InlineData("24")]
    [InlineData("-1")]
    [InlineData("7;11")]
    [InlineData("sha1:7")]
    public void What_is_no_list_of_PCRs_is_refused(string text) => Assert.Throws<FormatException>(() => PcrList.Parse(text));

    [Fact]
    public void Values_are_read_as_tpm2_pcrread_prints_them()
    {
        var values = PcrList.ParseValues($"  sha256:\n    7 : 0x{new string('A', 64)}\n    11: {new string('b', 64)}\n");

        Assert.Equal("sha256:7,11", values.Selection.ToString());
        Assert.Equal(SHA256.HashData(Convert.FromHexString(new string('A', 64) + new string('b', 64))), values.Digest());
    }

    [Theory]
    [InlineData("")]
    [InlineData("7: 0x00")]
    [InlineData("7")]
    [InlineData("x: 0x0000000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_value_is_refused(string text) => Assert.Throws<FormatException>(() => PcrList.ParseValues(text));

    [Fact]
    public void A_release_key_is_read_from_either_half_and_only_the_private_one_approves()
    {
        using var pem = SoftHsm.Secret(_arena, Encoding.ASCII.GetString(_release.ExportPrivatePem()));
        using var privateHalf = ReleaseKey.FromPem(pem, null);
        using var publicPem = SoftHsm.Secret(_arena, _release.ExportPublicPem());
        using var publicHalf = ReleaseKey.FromPem(publicPem, null);

        Assert.Equal((_release.Name, true, false), (privateHalf.Name, privateHalf.CanSign, publicHalf.CanSign));
        Assert.Equal(_release.Name, publicHalf.Name);
        Assert.True(TpmApproval.Sign(privateHalf, "", _request, TpmlPcrSelection.Sha256(7), new byte[32], 1).IsSignedBy(publicHalf));
        Assert.Throws<VaultException>(() => TpmApproval.Sign(publicHalf, "", _request, TpmlPcrSelection.Sha256(7), new byte[32], 1));
    }

    [Fact]
    public void Keys_on_another_curve_or_of_another_kind_are_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        foreach (var text in new[] { other.ExportPkcs8PrivateKeyPem(), rsa.ExportSubjectPublicKeyInfoPem(), "nonsense" })
        {
            using var pem = SoftHsm.Secret(_arena, text);
            Assert.Equal(VaultFault.WrongKey, Assert.Throws<VaultException>(() => ReleaseKey.FromPem(pem, null)).Fault);
        }
    }
}
