using System.Buffers.Binary;
using System.Text;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// The digests (32 bytes, EIP-712) that creators and operators sign with their accounts: domain <c>{name: "Obol", version: "1",
/// chainId}</c> without a contract, and a structure of one text. Hashes are signed as the text of their 0x form.
/// </summary>
internal static class TypedSignature
{
    public static byte[] CreatorDigest(ClusterDefinition definition, ulong chainId) =>
        Digest(chainId, "CreatorConfigHash(string creator_config_hash)", definition.ConfigHash.ToString());

    public static byte[] OperatorDigest(ClusterDefinition definition, ulong chainId) =>
        definition.Version.HasCreator
            ? Digest(chainId, "OperatorConfigHash(string operator_config_hash)", definition.ConfigHash.ToString())
            : Digest(chainId, "ConfigHash(string config_hash)", definition.ConfigHash.ToString());

    public static byte[] EnrDigest(string enr, ulong chainId) => Digest(chainId, "ENR(string enr)", enr);

    /// <summary>True when the account of <paramref name="address"/> made the signature (65 bytes).</summary>
    public static bool Verify(string address, byte[] digest, ReadOnlySpan<byte> signature) =>
        Secp256k1.Recover(digest, signature) is { } key
        && ExecutionAddress.TryParse(address, out var expected)
        && Secp256k1.Address(key) == expected;

    private static byte[] Digest(ulong chainId, string type, string value) =>
        Keccak256.Hash([0x19, 0x01], DomainSeparator(chainId), Keccak256.Hash(HashText(type), HashText(value)));

    private static byte[] DomainSeparator(ulong chainId)
    {
        var number = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(number.AsSpan(24), chainId);
        return Keccak256.Hash(
            HashText("EIP712Domain(string name,string version,uint256 chainId)"),
            HashText("Obol"),
            HashText("1"),
            number
        );
    }

    private static byte[] HashText(string text) => Keccak256.Hash(Encoding.UTF8.GetBytes(text));
}
