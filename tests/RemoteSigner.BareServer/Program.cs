// bare-server DATA PORT: a yardstick for the benchmark, not a signer. It answers every post over mutual TLS with a signature over a
// counter, made with a key that it throws away: Kestrel, TLS and blst with nothing of ours between them. What a signer costs beyond it is
// this project's own.
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using RemoteSigner.Native;

using var arena = new SecretArena();
using var key = BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32));
var (folder, port) = (Path.Combine(args[0], "tls"), int.Parse(args[1], CultureInfo.InvariantCulture));
using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "server.crt"), Path.Combine(folder, "server.key"));
var tls = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
var roots = 0;

var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder
    .WebHost.UseKestrelCore()
    .UseKestrelHttpsConfiguration()
    .ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Handshake()) });
        });
    });
await using var app = builder.Build();
app.Run(AnswerAsync);
await app.RunAsync();

SslServerAuthenticationOptions Handshake() =>
    new()
    {
        ServerCertificateContext = tls,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowTlsResume = false,
        AllowRenegotiation = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null,
    };

async Task AnswerAsync(HttpContext context)
{
    var body = context.Request.BodyReader;
    for (var read = await body.ReadAsync(); ; read = await body.ReadAsync())
    {
        body.AdvanceTo(read.IsCompleted ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
        if (read.IsCompleted)
        {
            break;
        }
    }

    var answer = Sign();
    context.Response.ContentType = "application/json; charset=utf-8";
    context.Response.ContentLength = answer.Length;
    await context.Response.BodyWriter.WriteAsync(answer);
}

byte[] Sign()
{
    Span<byte> root = stackalloc byte[32];
    Span<byte> signature = stackalloc byte[Bls.SignatureLength];
    BinaryPrimitives.WriteInt32LittleEndian(root, Interlocked.Increment(ref roots));
    key.Sign(root, signature);
    return [.. "{\"signature\":\"0x"u8, .. System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(signature)), .. "\"}"u8];
}
