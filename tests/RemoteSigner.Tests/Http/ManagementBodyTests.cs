using System.Text;
using System.Text.Json;
using RemoteSigner.Host.Http;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Http;

/// <summary>
/// Bodies of the doors through which keys come and go: whatever is wrong with one is its sender's fault, and nobody else's.
/// </summary>
public sealed class ManagementBodyTests
{
    private const string Key = "0xa99a76ed7796f7be22d5b7e85deeb7c5677e88e511e0b337618f8c4eb61349b4bf2d153f649f7b53359fe8b94a38e44c";

    [Fact]
    public void Shares_and_keys_are_read()
    {
        var share = Assert.Single(
            SsvBody.Read(Encoding.UTF8.GetBytes($$"""{"share_keys":[{"EncryptedPrivKey":"0x0102","PubKey":"{{Key}}"}]}"""))
        );

        Assert.Equal([1, 2], share.Encrypted);
        Assert.Equal(Key, share.PublicKey.ToString());
        Assert.Equal([BlsPublicKey.Parse(Key)], KeymanagerResponse.ReadKeys(Encoding.UTF8.GetBytes($$"""{"pubkeys":["{{Key}}"]}""")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"share_keys":{}}""")]
    [InlineData("""{"share_keys":[7]}""")]
    [InlineData("""{"share_keys":[{"EncryptedPrivKey":"0x01","PubKey":"0x01"}]}""")]
    [InlineData("""{"share_keys":[{"EncryptedPrivKey":"\ud800","PubKey":"0x01"}]}""")]
    [InlineData("""{"share_keys":[],"share_keys":[]}""")]
    [InlineData("""{"\ud800":1,"share_keys":[]}""")]
    public void What_is_no_list_of_shares_is_refused(string body) =>
        Assert.ThrowsAny<JsonException>(() => SsvBody.Read(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"pubkeys":"0x01"}""")]
    [InlineData("""{"pubkeys":["0x01"]}""")]
    [InlineData("""{"pubkeys":["\ud800"]}""")]
    [InlineData("""{"pubkeys":[],"pubkeys":[]}""")]
    [InlineData("""{"\ud800":1,"pubkeys":[]}""")]
    public void What_is_no_list_of_keys_is_refused(string body) =>
        Assert.ThrowsAny<JsonException>(() => KeymanagerResponse.ReadKeys(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"pubkeys":null}""")]
    public void A_list_that_is_missing_is_empty_for_those_who_have_it_so(string body)
    {
        Assert.Empty(KeymanagerResponse.ReadKeys(Encoding.UTF8.GetBytes(body), mayLack: true));
        Assert.ThrowsAny<JsonException>(() => KeymanagerResponse.ReadKeys(Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [InlineData("""{"pubkeys":"0x01"}""")]
    [InlineData("""{"pubkeys":[null]}""")]
    [InlineData("null")]
    public void What_is_there_is_read_as_strictly_for_them(string body) =>
        Assert.ThrowsAny<JsonException>(() => KeymanagerResponse.ReadKeys(Encoding.UTF8.GetBytes(body), mayLack: true));

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused()
    {
        Assert.ThrowsAny<JsonException>(() =>
            SsvBody.Read((byte[])[.. "{\"share_keys\":[{\"EncryptedPrivKey\":\""u8, 0xff, .. "\",\"PubKey\":\"\"}]}"u8])
        );
        Assert.ThrowsAny<JsonException>(() => KeymanagerResponse.ReadKeys((byte[])[.. "{\"pubkeys\":[\""u8, 0xff, .. "\"]}"u8]));
    }
}
