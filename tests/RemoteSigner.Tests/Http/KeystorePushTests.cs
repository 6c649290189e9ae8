using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Host.Http;
using RemoteSigner.Native;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace RemoteSigner.Tests.Http;

public sealed class KeystorePushTests : IDisposable
{
    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void Keystores_and_passwords_are_read_in_pairs_with_their_escapes()
    {
        var body = new JsonObject
        {
            ["passwords"] = new JsonArray("plain", "с \"кавычками\" \\ \u0001"),
            ["extra"] = new JsonObject { ["keystores"] = 1 },
            ["keystores"] = new JsonArray("{\"version\":4}", "{\n}"),
            ["slashing_protection"] = "{\"metadata\":{}}",
        };

        using var push = KeystorePush.Read(Encoding.UTF8.GetBytes(body.ToJsonString()), _arena);

        Assert.Equal(["{\"version\":4}", "{\n}"], push.Keystores.Select(keystore => Encoding.UTF8.GetString(keystore.Json)));
        Assert.Equal(
            ["plain", "с \"кавычками\" \\ \u0001"],
            push.Keystores.Select(keystore => Encoding.UTF8.GetString(keystore.Password.Span))
        );
        Assert.Equal(["keystores[0]", "keystores[1]"], push.Keystores.Select(keystore => keystore.Name));
        Assert.Equal("{\"metadata\":{}}", Encoding.UTF8.GetString(push.History!));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","slashing_protection":null""")]
    [InlineData(""","slashing_protection":"" """)]
    public void Without_history_there_is_none(string member)
    {
        using var push = KeystorePush.Read(Encoding.UTF8.GetBytes($$"""{"keystores":["{}"],"passwords":["a"]{{member}}}"""), _arena);

        Assert.Null(push.History);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{}", "keystores is missing or empty")]
    [InlineData("""{"keystores":[],"passwords":[]}""", "keystores is missing or empty")]
    [InlineData("""{"keystores":["{}","{}"],"passwords":["secret"]}""", "2 keystores and 1 passwords")]
    [InlineData("""{"keystores":["{}"],"passwords":["secret"],"passwords":["other"]}""", "passwords stands twice")]
    [InlineData("""{"keystores":["{}"],"passwords":[7]}""", "passwords[0] is not text")]
    [InlineData("""{"keystores":["{}"],"passwords":[""]}""", "a password is empty")]
    [InlineData("""{"keystores":"{}","passwords":["secret"]}""", "keystores is not a list")]
    [InlineData("""{"keystores":["{}"],"passwords":["secret"],"slashing_protection":{}}""", "slashing_protection is not text")]
    [InlineData("""{"keystores":["{}"],"passwords":["secret"]} {}""", "")]
    [InlineData("""{"keystores":["{}"],"passwords":["secret"]""", "")]
    public void What_is_no_push_is_refused_without_telling_a_password(string body, string complaint)
    {
        var refused = Assert.ThrowsAny<JsonException>(() => KeystorePush.Read(Encoding.UTF8.GetBytes(body), _arena));

        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_that_is_too_long_and_text_that_is_not_UTF8_are_refused()
    {
        Assert.ThrowsAny<JsonException>(() =>
            KeystorePush.Read(Encoding.UTF8.GetBytes($$"""{"keystores":["{}"],"passwords":["{{new string('a', 7000)}}"]}"""), _arena)
        );
        byte[] body = [.. """{"keystores":["{}"],"passwords":["a"""u8, 0xff, .. "\"]}"u8];
        Assert.ThrowsAny<JsonException>(() => KeystorePush.Read(body, _arena));
    }
}
