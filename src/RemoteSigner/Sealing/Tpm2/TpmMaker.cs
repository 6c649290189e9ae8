using System.Buffers.Binary;
using System.Text;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// Who made a TPM, in its own words (TPM 2.0 Part 2, 6.13: TPM_PT_MANUFACTURER and TPM_PT_VENDOR_STRING_1 to 4): the vendor's id of at most
/// four characters (<c>IFX</c>, <c>STM</c>), and his name for it of at most sixteen. Not proven, and a machine's owner can make a virtual
/// one say anything.
/// </summary>
internal sealed record TpmMaker(string Vendor, string Name)
{
    // libtpms (swtpm, QEMU, Proxmox, VirtualBox), Microsoft's reference code, Hyper-V and Azure, VMware, Google's cloud, Amazon's. A chip
    // of Microsoft's (Pluton) is taken for one of them.
    private static readonly string[] _virtual = ["IBM", "MSFT", "VMW", "GOOG", "AMZN"];

    /// <summary>Is it a program on the host, with a file for its memory? Firmware in a processor and chips are none.</summary>
    public bool IsSoftware => _virtual.Contains(Vendor) || Name.StartsWith("SW ", StringComparison.Ordinal);

    public static TpmMaker Read(Tpm tpm) =>
        new(
            Text(tpm, TpmPt.MANUFACTURER),
            Text(tpm, TpmPt.VENDOR_STRING_1, TpmPt.VENDOR_STRING_2, TpmPt.VENDOR_STRING_3, TpmPt.VENDOR_STRING_4)
        );

    public override string ToString() => $"{Vendor} '{Name}'";

    // Four characters each, the first in the highest byte; what is no printable character comes from a stranger, and goes into a log.
    private static string Text(Tpm tpm, params ReadOnlySpan<TpmPt> properties)
    {
        Span<byte> four = stackalloc byte[4];
        var text = new StringBuilder();
        foreach (var property in properties)
        {
            BinaryPrimitives.WriteUInt32BigEndian(four, tpm.FindProperty(property) ?? 0);
            text.Append(Encoding.ASCII.GetString(four));
        }

        return string.Concat(text.ToString().TrimEnd('\0', ' ').Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));
    }
}
