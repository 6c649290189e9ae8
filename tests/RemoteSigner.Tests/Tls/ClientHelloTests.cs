using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using RemoteSigner.Host.Tls;

namespace RemoteSigner.Tests.Tls;

/// <summary>What a peer offers is read from bytes that anybody may send.</summary>
public sealed class ClientHelloTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13)]
    public async Task The_platforms_own_offer_is_read(SslProtocols protocols)
    {
        var hello = await HelloAsync(protocols);

        Assert.Equal(hello.Length, ClientHello.LengthOf(hello));
        Assert.Equal(
            new ClientHello.Offer(protocols.HasFlag(SslProtocols.Tls12), protocols.HasFlag(SslProtocols.Tls13)),
            ClientHello.Offered(hello)
        );
    }

    [Fact]
    public async Task No_part_and_no_damage_of_it_does_any_harm()
    {
        var hello = await HelloAsync(SslProtocols.Tls13);
        for (var length = 0; length < hello.Length; length++)
        {
            _ = ClientHello.Offered(hello.AsSpan(0, length));
        }

        Assert.Null(ClientHello.Offered(hello.AsSpan(0, 60)));
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = (byte[])hello.Clone();
            for (var count = RandomNumberGenerator.GetInt32(1, 6); count > 0; count--)
            {
                damaged[RandomNumberGenerator.GetInt32(damaged.Length)] = (byte)RandomNumberGenerator.GetInt32(256);
            }

            _ = ClientHello.Offered(damaged);
        }
    }

    [Fact]
    public void Another_protocol_is_none() =>
        Assert.Equal((null, null), (ClientHello.LengthOf("GET / HTTP/1.1"u8), ClientHello.Offered("GET / HTTP/1.1\r\n\r\n"u8)));

    // The first thing a client writes.
    private static async Task<byte[]> HelloAsync(SslProtocols protocols)
    {
        using var wire = new FirstWrite();
        await using var client = new SslStream(wire);
        await Assert.ThrowsAnyAsync<IOException>(() =>
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "signer", EnabledSslProtocols = protocols })
        );
        return wire.Written.ToArray();
    }

    private sealed class FirstWrite : Stream
    {
        public MemoryStream Written { get; } = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Written.Write(buffer, offset, count);
    }
}
