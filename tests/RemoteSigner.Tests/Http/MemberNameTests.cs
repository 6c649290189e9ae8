using System.Text;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Tests.Http;

/// <summary>Names that another reader would take for ours.</summary>
public sealed class MemberNameTests
{
    [Theory]
    [InlineData("SigningRoot", "signingRoot", true)]
    [InlineData("signing-root", "signing_root", true)]
    [InlineData("signing_Root", "signingRoot", true)]
    [InlineData("forkInfo", "fork_info", true)]
    [InlineData("fork_info_", "fork_info", true)]
    [InlineData("TYPE", "type", true)]
    [InlineData("signingRoot", "signing_root", false)]
    [InlineData("signing_root", "signingRoot", false)]
    [InlineData("types", "type", false)]
    [InlineData("typ", "type", false)]
    [InlineData("slot", "epoch", false)]
    [InlineData("", "type", false)]
    public void A_name_that_means_another_is_told(string given, string meant, bool isMisspelt) =>
        Assert.Equal(isMisspelt, MemberName.IsMisspelt(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(meant)));
}
