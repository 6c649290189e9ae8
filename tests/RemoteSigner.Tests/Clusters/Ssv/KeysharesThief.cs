using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>
/// Makes keyshares of what genuine ones show to everybody: under a validator of the thief's own they list the first operator's public share
/// S, and what is encrypted to it. With f(x) = (x − v)(x + 1) + x/v·s, v being that operator's id and s the secret of S, which the thief
/// does not know: f(v) = s, f(0) = −v, and every f(x)·G can be computed from S.
/// </summary>
internal static class KeysharesThief
{
    /// <summary>The forged file; <paramref name="createdAt"/> is the thief's to choose, and with it the file's hash.</summary>
    public static byte[] Forge(JsonNode genuine, string createdAt = "2026-01-01T00:00:00.000Z")
    {
        var file = genuine.DeepClone();
        file["createdAt"] = createdAt;
        var validator = KeysharesVectors.Parse(genuine).Validators[0];
        var secret = PublicKeys.Secret(-(long)validator.OperatorIds[0]);
        var forged = PublicKeys.Of(secret);
        byte[] data =
        [
            .. PublicKeys.Sign(secret, OwnerAccount.Digest(validator.OwnerAddress, validator.OwnerNonce)),
            .. validator.OperatorIds.SelectMany(id => Share(id, validator.OperatorIds[0], validator.PublicShares[0]).Bytes.ToArray()),
            .. validator.SharesData[(BlsSignature.Length + (validator.Operators.Length * BlsPublicKey.Length))..],
        ];
        var share = file["shares"]![0]!;
        (share["data"]!["publicKey"], share["payload"]!["publicKey"], share["payload"]!["sharesData"]) = (
            forged.ToString(),
            forged.ToString(),
            Hex.Format(data)
        );
        return Encoding.UTF8.GetBytes(file.ToJsonString());
    }

    private static BlsPublicKey Share(ulong x, ulong v, BlsPublicKey known) =>
        x == v
            ? known
            : PublicKeys.Combine(
                [PublicKeys.Of(PublicKeys.Secret(1)).Bytes.ToArray(), known.Bytes.ToArray()],
                [
                    (BlsScalar.FromIndex(x) - BlsScalar.FromIndex(v)) * BlsScalar.FromIndex(x + 1),
                    BlsScalar.FromIndex(x) * BlsScalar.FromIndex(v).Inverse(),
                ]
            );
}
