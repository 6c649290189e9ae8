using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Host.Http;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Http;

/// <summary>Lists of keys, which are written in pieces.</summary>
public sealed class ApiResponseTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task A_list_of_keys_is_whole_and_in_order_however_many_there_are(int count)
    {
        var keys = Enumerable.Range(0, count).Select(Key).ToList();

        using var plain = JsonDocument.Parse(await WrittenAsync(context => ApiResponse.KeysAsync(context, keys)));
        Assert.Equal(keys.Select(key => key.ToString()), plain.RootElement.EnumerateArray().Select(key => key.GetString()));

        using var keymanager = JsonDocument.Parse(
            await WrittenAsync(context => ApiResponse.KeysAsync(context, keys, "data", KeymanagerResponse.WriteKeystore))
        );
        Assert.Equal(
            keys.Select(key => $$"""{"validating_pubkey":"{{key}}","derivation_path":"","readonly":false}"""),
            keymanager.RootElement.GetProperty("data").EnumerateArray().Select(key => key.GetRawText())
        );
    }

    [Fact]
    public async Task A_list_of_keys_is_given_on_before_it_is_whole()
    {
        var body = new MemoryStream();
        var before = -1L;
        await ApiResponse.KeysAsync(
            ContextOf(body),
            Enumerable
                .Range(0, 5000)
                .Select(number =>
                {
                    before = number == 4999 ? body.Length : before;
                    return Key(number);
                })
        );

        Assert.InRange(before, 300_000, body.Length - 1);
    }

    private static async Task<byte[]> WrittenAsync(Func<HttpContext, Task> write)
    {
        var body = new MemoryStream();
        var context = ContextOf(body);
        await write(context);
        Assert.Equal(body.Length < 32 * 1024 ? body.Length : null, context.Response.ContentLength);
        Assert.Equal(
            (StatusCodes.Status200OK, "application/json; charset=utf-8"),
            (context.Response.StatusCode, context.Response.ContentType)
        );
        return body.ToArray();
    }

    private static DefaultHttpContext ContextOf(Stream body)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        return context;
    }

    private static BlsPublicKey Key(int number)
    {
        Span<byte> bytes = stackalloc byte[BlsPublicKey.Length];
        BitConverter.TryWriteBytes(bytes, number);
        bytes[47] = 0xab;
        return new BlsPublicKey(bytes);
    }
}
