using System.Text;
using RemoteSigner.Keys;

namespace RemoteSigner.Tests.Keys;

public sealed class KeystorePasswordTests : IDisposable
{
    private readonly KeystoreScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("with space and \ttab\r\n", "with space and tab")]
    [InlineData("del\u007f c1\u0085\u009f", "del c1")]
    [InlineData("𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑", "testpassword🔑")]
    [InlineData("é", "e\u0301")]
    [InlineData("ﬁ①Ⅷ㎏", "fi1VIIIkg")]
    [InlineData("각가", "\u1100\u1161\u11a8\u1100\u1161")]
    [InlineData("a\u0315\u0300\u05ae", "a\u05ae\u0300\u0315")]
    [InlineData("\u1e9b\u0323", "s\u0323\u0307")]
    [InlineData("ﷺ", "صلى الله عليه وسلم")]
    public void Takes_the_normal_form_of_EIP_2335(string raw, string expected)
    {
        using var given = _scene.Secret(raw);
        using var normal = KeystorePassword.Normalise(given, _scene.Arena);
        using var again = KeystorePassword.Normalise(normal, _scene.Arena);

        Assert.Equal(expected, Encoding.UTF8.GetString(normal.Span));
        Assert.Equal(expected, Encoding.UTF8.GetString(again.Span));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0x0a })]
    public void Refuses_what_is_not_UTF_8_or_nothing(byte[] bytes)
    {
        using var raw = _scene.Arena.Allocate(bytes.Length);
        bytes.CopyTo(raw.Span);

        Assert.Equal(
            KeystoreFault.PasswordUnreadable,
            Assert.Throws<KeystoreException>(() => KeystorePassword.Normalise(raw, _scene.Arena)).Fault
        );
    }

    [Fact]
    public void Refuses_a_file_that_is_no_password()
    {
        var path = _scene.Write("long.txt", new string('a', KeystorePassword.MaxBytes + 1));

        Assert.Equal(
            KeystoreFault.PasswordUnreadable,
            Assert.Throws<KeystoreException>(() => KeystorePassword.Read(path, _scene.Arena)).Fault
        );
        Assert.Equal(
            KeystoreFault.PasswordUnreadable,
            Assert.Throws<KeystoreException>(() => KeystorePassword.Read(path + ".not", _scene.Arena)).Fault
        );
    }
}
