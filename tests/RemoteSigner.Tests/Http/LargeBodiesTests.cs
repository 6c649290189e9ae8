using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Tests.Http;

/// <summary>Long bodies: how long they may take, and what stays of them.</summary>
public sealed class LargeBodiesTests
{
    private const int Others = 16;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task One_that_comes_too_slowly_gives_its_place_to_the_next()
    {
        using var bodies = new LargeBodies(most: 64, atOnce: 1, _time);
        var slow = new Pipe();
        await slow.Writer.WriteAsync(new byte[Others + 1], TestContext.Current.CancellationToken);
        var first = ReadAsync(bodies, slow);
        _time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.False(first.IsCompleted);

        // The clock may be read late: then it takes more steps.
        for (var step = 0; step < 10_000 && !first.IsCompleted; step++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.2));
            await Task.Yield();
        }

        Assert.Equal(MalformedRequest.TooSlow, (await first).Fault?.Reason);
        var quick = new Pipe();
        await quick.Writer.WriteAsync(Encoding.ASCII.GetBytes(new string('x', Others + 1)), TestContext.Current.CancellationToken);
        await quick.Writer.CompleteAsync();
        Assert.Equal(new string('x', Others + 1), (await ReadAsync(bodies, quick)).Value);
    }

    /// <summary>A pool would keep, for each thread, the longest transaction that it ever read.</summary>
    [Fact]
    public void What_was_read_of_a_long_text_is_in_no_pool()
    {
        const int Length = 8 << 20;
        _ = new JsonObject(new JsonText(Encoding.ASCII.GetBytes($"{{\"a\":\"{new string('5', 2 * Length)}\"}}"))).HashBytes("a"u8);

        var lent = ArrayPool<byte>.Shared.Rent(Length);

        Assert.True(lent.AsSpan(0, Length).ContainsAnyExcept((byte)0x55));
    }

    private static async Task<(string? Value, MalformedRequest? Fault)> ReadAsync(LargeBodies bodies, Pipe pipe)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = pipe.Reader.AsStream();
        return await bodies.ReadAsync<string>(context, Others, Text, Text, (_, _, _) => null);
    }

    private static bool Text(
        ReadOnlyMemory<byte> body,
        [NotNullWhen(true)] out string? value,
        [NotNullWhen(false)] out MalformedRequest? fault
    )
    {
        (value, fault) = (Encoding.ASCII.GetString(body.Span), null);
        return true;
    }
}
