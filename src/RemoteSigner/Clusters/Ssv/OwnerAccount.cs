using System.Text;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>The account that registers a validator with SSV's contract.</summary>
internal static class OwnerAccount
{
    /// <summary>EIP-55: a letter is a capital where the same digit of the hash of the lower-case address is 8 or more.</summary>
    public static string Checksummed(ExecutionAddress address)
    {
        var digits = address.ToString()[2..];
        var hash = Convert.ToHexStringLower(Keccak256.Hash(Encoding.ASCII.GetBytes(digits)));
        return "0x" + string.Concat(digits.Select((digit, i) => hash[i] >= '8' ? char.ToUpperInvariant(digit) : digit));
    }

    /// <summary>What the validator's key signs, as it is: the hash of <c>address:nonce</c>. It is no signing root of any duty.</summary>
    public static byte[] Digest(ExecutionAddress owner, ulong nonce) =>
        Keccak256.Hash(Encoding.ASCII.GetBytes($"{Checksummed(owner)}:{nonce}"));
}
