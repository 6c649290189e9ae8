using System.Text;
using System.Text.Json;
using RemoteSigner.Native;

namespace RemoteSigner.Fuzz;

/// <summary>Holds every signature in an answer against the message that was asked for, by the root that the oracle computes.</summary>
internal static class SignatureJudge
{
    // Of hoodi.
    private const string GenesisVersion = "10000910";

    /// <summary>How many signatures were verified.</summary>
    /// <exception cref="FormatException">One is of something else, or nobody can say of what.</exception>
    public static int Verify(RequestSeed seed, FuzzedSigner signer, byte[] body, string answer)
    {
        using var request = JsonDocument.Parse(body);
        var whole = seed.Path.Contains("/distributed/", StringComparison.Ordinal) ? signer.Share!.Value.Share.Bytes : signer.Key.Bytes;
        if (!answer.StartsWith('{') && !answer.StartsWith('['))
        {
            return Verify(whole, request.RootElement, answer);
        }

        using var told = JsonDocument.Parse(answer);
        if (told.RootElement.ValueKind != JsonValueKind.Array)
        {
            return Verify(whole, request.RootElement, told.RootElement.GetProperty("signature").GetString()!);
        }

        var verified = 0;
        foreach (var result in told.RootElement.EnumerateArray().Where(result => result.TryGetProperty("signature", out _)))
        {
            verified += Verify(
                KeyOf(result, signer),
                request.RootElement.GetProperty("signing_request"),
                result.GetProperty("signature").GetString()!
            );
        }

        return verified;
    }

    // A validator's own key is named where a share of it signs.
    private static byte[] KeyOf(JsonElement result, FuzzedSigner signer)
    {
        var named = Convert.FromHexString(result.GetProperty("identifier").GetString()![2..]);
        return signer.Share is { } held && held.Group.Bytes.SequenceEqual(named) ? held.Share.Bytes.ToArray() : named;
    }

    private static int Verify(ReadOnlySpan<byte> publicKey, JsonElement request, string signature)
    {
        var root = RootOracle.RootOf(request, GenesisVersion);
        return Bls.Verify(publicKey, root, Convert.FromHexString(signature.Trim()[2..]))
            ? 1
            : throw new FormatException(
                $"the signature is not one of the message that was sent, whose root is {Convert.ToHexStringLower(root)}"
            );
    }

    /// <summary>The reason code of an error body; empty where it has none.</summary>
    public static string ReasonOf(string answer)
    {
        try
        {
            using var told = JsonDocument.Parse(Encoding.UTF8.GetBytes(answer));
            return told.RootElement.ValueKind == JsonValueKind.Object && told.RootElement.TryGetProperty("reason", out var reason)
                ? reason.GetString() ?? ""
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
