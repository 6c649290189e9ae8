using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Tests.Sealing;

/// <summary>Which tokens say of themselves that they are kept in files of the host.</summary>
public sealed class TokenMakerTests
{
    [Theory]
    [InlineData("SoftHSM", "SoftHSM project", "SoftHSM v2", true)]
    [InlineData("Kryoptic", "Kryoptic Project", "v1", true)]
    [InlineData("IBM", "IBM", "Soft", true)]
    [InlineData("IBM", "IBM", "EP11", false)]
    [InlineData("tpm2-software.github.io", "Infineon", "SLB9670", true)]
    [InlineData("Yubico (www.yubico.com)", "Yubico (www.yubico.com)", "YubiHSM", false)]
    [InlineData("SafeNet", "Safenet, Inc.", "LunaSA 7.7.1", false)]
    internal void A_token_in_files_is_told_by_its_makers(string module, string manufacturer, string model, bool isInFiles) =>
        Assert.Equal(isInFiles, new TokenMaker(module, manufacturer, model).IsInFiles);
}
