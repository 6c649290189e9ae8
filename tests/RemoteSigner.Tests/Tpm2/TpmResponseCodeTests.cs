using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

public sealed class TpmResponseCodeTests
{
    [Theory]
    [InlineData(0x99D, TpmRc.POLICY_FAIL, "session 1")]
    [InlineData(0x1C4, TpmRc.VALUE, "parameter 1")]
    [InlineData(0x2DB, TpmRc.SIGNATURE, "parameter 2")]
    [InlineData(0x18B, TpmRc.HANDLE, "handle 1")]
    [InlineData(0xFC4, TpmRc.VALUE, "parameter 15")]
    [InlineData(0x98E, TpmRc.AUTH_FAIL, "session 1")]
    [InlineData(0x126, TpmRc.POLICY, "")]
    [InlineData(0x12F, TpmRc.AUTH_UNAVAILABLE, "")]
    [InlineData(0x921, TpmRc.LOCKOUT, "")]
    [InlineData(0x910, TpmRc.REFERENCE_H0, "")]
    [InlineData(0xB0143, TpmRc.COMMAND_CODE, "")]
    public void Says_the_error_and_what_it_points_at(uint value, TpmRc code, string place) =>
        Assert.Equal((code, place), (new TpmResponseCode(value).Rc, new TpmResponseCode(value).Place));

    [Fact]
    public void Reads_well() =>
        Assert.Equal(
            "TPM2_Unseal was refused with TPM_RC_AUTH_FAIL (session 1, 0x98E): the authorization "
                + "value or its HMAC is wrong; the failure was counted towards the lockout",
            new TpmException(TpmCc.Unseal, new TpmResponseCode(0x98E)).Message
        );

    [Fact]
    public void Names_the_kernel_when_it_was_the_kernel() => Assert.Contains("from layer 11", new TpmResponseCode(0xB0143).ToString());

    [Fact]
    public void Every_code_has_a_text_of_its_own()
    {
        var texts = Enum.GetValues<TpmRc>()
            .Where(code => !code.ToString().StartsWith("REFERENCE", StringComparison.Ordinal))
            .Select(TpmRcText.Of)
            .ToList();

        Assert.DoesNotContain(texts, text => text.Contains("no text", StringComparison.Ordinal));
        Assert.Equal(texts.Count, texts.Distinct().Count());
    }

    [Fact]
    public void An_unknown_code_keeps_its_number() =>
        Assert.Equal("an unknown response code (0x97E): no text is known for it", new TpmResponseCode(0x97E).ToString());
}
