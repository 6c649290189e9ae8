using System.Text;
using CsCheck;
using RemoteSigner.Host.Http;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Http;

/// <summary>Whatever bytes come in: a malformed outcome, or a message whose root is computed and compared; never an exception.</summary>
public sealed class WireFormatProperties
{
    private const int Rounds = 10_000;

    private static readonly Network _network = Network.Find("mainnet")!;

    // What JSON is made of, so that mutations often stay JSON.
    private static readonly Gen<byte[]> _fragments = Gen.OneOf(
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
            "\\u0074",
            "0x",
            "\"slot\":\"1\",",
            "\"type\":\"BLOCK\",",
            "\"epoch\":1,",
            "\"signingRoot\":null,"
        )
        .Select(Encoding.UTF8.GetBytes);

    [Fact]
    public void Random_bytes_are_malformed() =>
        Gen
            .Byte.Array[0, 300]
            .Sample(body => !WireFormat.TryReadSignRequest(body, out _, out var fault) && fault.Detail.Length > 0, iter: Rounds);

    [Fact]
    public void Random_JSON_pieces_never_throw() =>
        _fragments
            .Array[0, 40]
            .Select(pieces => pieces.SelectMany(piece => piece).ToArray())
            .Sample(body => !WireFormat.TryReadSignRequest(body, out _, out var fault) && fault.Detail.Length > 0, iter: Rounds);

    [Fact]
    public void A_mutated_request_is_malformed_invalid_a_detected_mismatch_or_means_the_same()
    {
        var requests = ClaimingRequests();
        var mutated =
            from request in Gen.OneOf(requests)
            from position in Gen.Int[0, request.Body.Length - 1]
            from removed in Gen.Int[0, 3]
            from inserted in Gen.OneOf<byte[]>(_fragments, Gen.Byte.Array[0, 3])
            select (request.Claim, Body: Splice(request.Body, position, removed, inserted));

        mutated.Sample(mutant => IsHarmless(mutant.Claim, mutant.Body), iter: Rounds);
    }

    [Fact]
    public void A_request_cut_short_anywhere_is_malformed() => Assert.All(ClaimingRequests(), request =>
        {
            for (var length = 0; length < request.Body.Length; length += 7)
            {
                Assert.False(WireFormat.TryReadSignRequest(request.Body.AsMemory(0, length), out _, out _));
            }
        });

    private static bool IsHarmless(Root originalClaim, byte[] body)
    {
        if (!WireFormat.TryReadSignRequest(body, out var request, out var fault))
        {
            return fault.Reason.Length > 0 && fault.Detail.Length > 0;
        }

        try
        {
            // A message that changed under an unchanged claim has another root, so the comparison finds it.
            var root = request.Message.SigningRoot(_network);
            return request.ClaimedSigningRoot != root || root == originalClaim;
        }
        catch (SpecException invalid)
        {
            return invalid.Message.Length > 0;
        }
    }

    private static byte[] Splice(byte[] body, int position, int removed, byte[] inserted) =>
        [.. body[..position], .. inserted, .. body[Math.Min(body.Length, position + removed)..]];

    // The first vector of a file always claims its root.
    private static (Root Claim, byte[] Body)[] ClaimingRequests()
    {
        Vectors.Path("sign-requests");
        return
        [
            .. SignRequestVectors
                .Supported()
                .Where(row => row.Data.Contains("/mainnet/", StringComparison.Ordinal))
                .Select(row => Vectors.Read(row.Data)["vectors"]![0]!)
                .Select(vector =>
                    (Root.Parse(vector["signingRoot"]!.GetValue<string>()), Encoding.UTF8.GetBytes(vector["request"]!.ToJsonString()))
                ),
        ];
    }
}
