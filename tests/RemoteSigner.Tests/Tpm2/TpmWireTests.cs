using CsCheck;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

/// <summary>Structures go there and back, and bytes that are none are refused as such: nothing else may come out of a parser.</summary>
public sealed class TpmWireTests
{
    public static TheoryData<string> Templates => ["srk", "ecc", "rsa", "ak", "sealed", "verifying"];

    [Theory]
    [MemberData(nameof(Templates))]
    public void A_public_area_goes_there_and_back(string template)
    {
        var area = Template(template);

        var back = TpmtPublic.Parse(area.ToArray());

        Assert.Equal(area.ToArray(), back.ToArray());
        Assert.Equal(area.Name, back.Name);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void A_public_area_that_is_cut_off_or_too_long_is_refused(string template)
    {
        var bytes = Template(template).ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(
                TpmIntegrityFault.Malformed,
                Assert.Throws<TpmIntegrityException>(() => TpmtPublic.Parse(bytes.AsSpan(0, length))).Fault
            );
        }

        Assert.Throws<TpmIntegrityException>(() => TpmtPublic.Parse([.. bytes, 0]));
    }

    [Fact]
    public void A_public_area_too_large_to_be_named_is_refused()
    {
        byte[] policy = [.. Template("sealed").ToArray().AsSpan(0, 8), 0x08, 0x00, .. new byte[0x800], 0x00, 0x10, 0x00, 0x00];
        byte[] index = [0x01, 0x80, 0x00, 0x01, 0x00, 0x0B, 0, 0, 0, 0, 0x01, 0x00, .. new byte[0x100], 0x00, 0x08];

        Assert.Equal(TpmIntegrityFault.Malformed, Assert.Throws<TpmIntegrityException>(() => TpmtPublic.Parse(policy)).Fault);
        Assert.Equal(TpmIntegrityFault.Malformed, Assert.Throws<TpmIntegrityException>(() => TpmsNvPublic.Parse(index)).Fault);
    }

    [Fact]
    public void An_NV_index_goes_there_and_back_and_its_written_name_is_another()
    {
        var area = TpmsNvPublic.Counter(0x01800001);

        Assert.Equal(area.Name, TpmsNvPublic.Parse(area.ToArray()).Name);
        Assert.NotEqual(area.Name, area.AsWritten().Name);
    }

    [Fact]
    public void Attributes_keep_their_highest_bit()
    {
        var area = new TpmsNvPublic(0x01800001, TpmaNv.ReadStClear | TpmaNv.AuthRead, [], 8);

        Assert.Equal(area.Attributes, TpmsNvPublic.Parse(area.ToArray()).Attributes);
    }

    [Fact]
    public void Any_bytes_are_a_structure_or_refused()
    {
        var valid = new[]
        {
            Template("ecc").ToArray(),
            Template("rsa").ToArray(),
            TpmsNvPublic.Counter(0x01800001).ToArray(),
            [0xFF, 0x54, 0x43, 0x47, 0x80, 0x18],
        };
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 400], Gen.Byte.Array[0, 80])
            .Sample(
                (start, keep, noise) =>
                {
                    byte[] bytes = [.. valid[start].Take(keep), .. noise];
                    OnlyRefuses(() => TpmtPublic.Parse(bytes));
                    OnlyRefuses(() => TpmsNvPublic.Parse(bytes));
                    OnlyRefuses(() => TpmsAttest.Parse(bytes));
                }
            );
    }

    [Theory]
    [InlineData("device:/dev/tpmrm0")]
    [InlineData("swtpm:host=127.0.0.1,port=2321")]
    [InlineData("swtpm:path=/run/tpm/sock")]
    public void An_address_is_read_and_shown_as_written(string text) => Assert.Equal(text, TpmAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("device:tpmrm0")]
    [InlineData("swtpm:")]
    [InlineData("swtpm:host=127.0.0.1")]
    [InlineData("swtpm:host=127.0.0.1,port=70000")]
    [InlineData("swtpm:host=somewhere,port=2321")]
    [InlineData("/dev/tpmrm0")]
    public void An_address_of_another_form_is_refused(string text) =>
        Assert.Contains("device:/dev/tpmrm0", Assert.Throws<FormatException>(() => TpmAddress.Parse(text)).Message);

    private static TpmtPublic Template(string name) =>
        name switch
        {
            "srk" => TpmTemplates.StorageRootKey,
            "ecc" => TpmTemplates.EndorsementKeyEcc,
            "rsa" => TpmTemplates.EndorsementKeyRsa,
            "ak" => TpmTemplates.AttestationKey,
            "sealed" => KeyedHashPublic.SealedUnder(PolicyDigest.Empty.AuthValue(), noDA: true),
            _ => EccPublic.VerifyingKey(new() { X = new byte[32], Y = new byte[32] }),
        };

    private static void OnlyRefuses(Action parse)
    {
        try
        {
            parse();
        }
        catch (TpmIntegrityException refused)
        {
            Assert.Equal(TpmIntegrityFault.Malformed, refused.Fault);
        }
    }
}
