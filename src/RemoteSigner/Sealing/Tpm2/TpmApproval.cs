using System.Globalization;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// Leave for one state of the machine to open one vault, signed by the release key: the PCRs have these values, and the revocation counter
/// has not passed
/// <paramref name="AtMost"/>. It is no secret; it lies as a file in the data directory, and the TPM itself checks the signature.
/// </summary>
/// <param name="Label">For people; not signed.</param>
/// <param name="Vault">The policy reference, 32 bytes: of one sealed object of one vault.</param>
/// <param name="Pcrs">Which PCRs of the SHA-256 bank.</param>
/// <param name="PcrDigest">SHA-256 over their values in ascending order, 32 bytes.</param>
/// <param name="Revocation">NV handle of the counter.</param>
/// <param name="AtMost">What the counter may be.</param>
/// <param name="Signature">ECDSA P-256, r then s, 64 bytes.</param>
public sealed record TpmApproval(
    string Label,
    byte[] Vault,
    TpmlPcrSelection Pcrs,
    byte[] PcrDigest,
    uint Revocation,
    ulong AtMost,
    byte[] Signature
)
{
    /// <summary>The policy that was approved.</summary>
    internal PolicyDigest Policy =>
        PolicyDigest
            .Empty.Pcr(Pcrs, PcrDigest)
            .NV(RevocationCounter.At(Revocation), RevocationCounter.Operand(AtMost), 0, TpmEo.UnsignedLessOrEqual);

    /// <summary>What is signed.</summary>
    private byte[] Digest => Policy.ApprovalDigest(Vault);

    /// <exception cref="VaultException">The private half is not there.</exception>
    public static TpmApproval Sign(
        ReleaseKey key,
        string label,
        FirmwareApprovalRequest request,
        TpmlPcrSelection pcrs,
        byte[] pcrDigest,
        ulong atMost
    )
    {
        var unsigned = new TpmApproval(label, request.Vault, pcrs, pcrDigest, request.Revocation, atMost, []);
        return unsigned with { Signature = key.Approve(unsigned.Digest) };
    }

    public bool IsSignedBy(ReleaseKey key) => Signature.Length == 64 && key.Verifies(Digest, Signature);

    /// <summary>For file names: the same state approved for the same object up to the same number is the same file.</summary>
    public string Name =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Convert.ToHexStringLower(PcrDigest)[..16]}-{Convert.ToHexStringLower(Vault)[..8]}-{AtMost}"
        );
}
