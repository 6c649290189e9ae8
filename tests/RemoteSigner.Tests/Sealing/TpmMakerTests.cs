using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Tests.Sealing;

/// <summary>Which TPMs say of themselves that they go back with the machine they are on.</summary>
public sealed class TpmMakerTests
{
    [Theory]
    [InlineData("IFX", "SLB9670", false)]
    [InlineData("STM", "", false)]
    [InlineData("NTC", "rls NPCT75x", false)]
    [InlineData("INTC", "Intel", false)]
    [InlineData("AMD", "AMD", false)]
    [InlineData("IBM", "SW   TPM", true)]
    [InlineData("XYZ", "SW   TPM", true)]
    [InlineData("MSFT", "xCG fTPM", true)]
    [InlineData("VMW", "VMware TPM", true)]
    [InlineData("GOOG", "vTPM", true)]
    [InlineData("AMZN", "NitroTPM", true)]
    internal void A_TPM_that_is_a_program_is_told_by_its_vendor_or_its_name(string vendor, string name, bool isSoftware) =>
        Assert.Equal(isSoftware, new TpmMaker(vendor, name).IsSoftware);
}
