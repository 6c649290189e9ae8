using System.Net;
using System.Text;
using CsCheck;
using RemoteSigner.Host.Http;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Whatever is posted to the running binary: never a 5xx, and a signature only for the root that the posted bytes have.</summary>
public sealed class RequestProperties(SignerScene scene) : IClassFixture<SignerScene>
{
    private const int Seconds = 8;

    // What JSON is made of, so that mutations often stay JSON.
    private static readonly Gen<byte[]> _fragments = Gen.OneOf<byte[]>(
        Gen.OneOf(
                "\"",
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "0",
                "-",
                "null",
                "0x",
                "ff",
                "\"slot\":\"1\",",
                "\"type\":\"BLOCK\",",
                "\"epoch\":1,",
                "\"signingRoot\":null,"
            )
            .Select(Encoding.UTF8.GetBytes),
        Gen.Byte.Array[0, 3]
    );

    [Fact]
    public void Random_bytes_are_malformed() =>
        Gen.Byte.Array[0, 300].Sample(body => Post(body).Status == HttpStatusCode.BadRequest, time: Seconds / 2, threads: 2);

    [Fact]
    public void A_mutated_request_is_signed_only_for_the_root_it_has()
    {
        var requests = Requests().ToArray();
        var mutated =
            from request in Gen.OneOf(requests)
            from position in Gen.Int[0, request.Length - 1]
            from removed in Gen.Int[0, 3]
            from inserted in _fragments
            select (byte[])[.. request[..position], .. inserted, .. request[Math.Min(request.Length, position + removed)..]];
        var signed = 0;

        mutated.Sample(
            body =>
            {
                var answer = Post(body);
                Interlocked.Add(ref signed, answer.Status == HttpStatusCode.OK ? 1 : 0);
                return IsHonest(body, answer);
            },
            time: Seconds,
            threads: 2
        );

        Assert.True(signed > 0, "no mutation was signed: the property was not tried");
    }

    private bool IsHonest(byte[] body, ApiAnswer answer) =>
        answer.Status switch
        {
            HttpStatusCode.OK => IsSignedRightly(body, answer),
            HttpStatusCode.BadRequest or HttpStatusCode.PreconditionFailed => answer.Reason is { Length: > 0 },
            _ => false,
        };

    private bool IsSignedRightly(byte[] body, ApiAnswer answer)
    {
        if (!WireFormat.TryReadSignRequest(body, out var request, out _))
        {
            return false;
        }

        var root = request.Message.SigningRoot(scene.Network);
        return (request.ClaimedSigningRoot ?? root) == root
            && Bls.Verify(scene.Keys[0].Bytes, root.Bytes, BlsSignature.Parse(answer.Signature).Bytes);
    }

    // The threads of a sample are its own, there is nothing to await in.
    private ApiAnswer Post(byte[] body) => Task.Run(() => scene.Admin.SignAsync(scene.Keys[0], body)).GetAwaiter().GetResult();

    // Half of them claim their root.
    private IEnumerable<byte[]> Requests()
    {
        foreach (var body in (string[])[Chain.VoteJson(), Chain.RandaoJson(), Chain.ExitJson, Chain.DepositJson(scene.Keys[0])])
        {
            Assert.True(WireFormat.TryReadSignRequest(Encoding.UTF8.GetBytes(body), out var request, out _));
            yield return Encoding.UTF8.GetBytes(body);
            yield return Encoding.UTF8.GetBytes($"{{\"signingRoot\":\"{request.Message.SigningRoot(Chain.Network)}\",{body[1..]}");
        }
    }
}
