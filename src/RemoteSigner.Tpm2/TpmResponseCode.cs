namespace RemoteSigner.Tpm2;

/// <summary>
/// The 32-bit response code of a command (TPM 2.0 Library Part 1 §39, Part 2 §6.6). Bits 16 up name the layer that refused
/// (0 is the TPM; 11 the kernel's resource manager). With bit 7 set the low six bits are the error, and bits 6 and 8 to 11
/// point at a parameter, a session or a handle, counted from 1.
/// </summary>
public readonly record struct TpmResponseCode(uint Value)
{
    private uint Code => Value & 0xFFF;

    private bool IsFormatOne => (Code & 0x80) != 0;

    /// <summary>The error without the place it points at.</summary>
    public TpmRc Rc => (TpmRc)(IsFormatOne ? Code & 0xBF : Code);

    /// <summary>What the error points at, such as <c>parameter 1</c>, <c>session 2</c> or <c>handle 1</c>; empty when at nothing.</summary>
    public string Place =>
        !IsFormatOne ? ""
        : (Code & 0x40) != 0 ? At("parameter", 0xF)
        : (Code & 0x800) != 0 ? At("session", 0x7)
        : At("handle", 0x7);

    /// <summary>For people: <c>TPM_RC_POLICY_FAIL (session 1, 0x99D): a policy check failed</c>.</summary>
    public override string ToString()
    {
        var name = Enum.IsDefined(Rc) ? $"TPM_RC_{Rc}" : "an unknown response code";
        var place = Place.Length == 0 ? "" : Place + ", ";
        var layer = Value >> 16 == 0 ? "" : $" from layer {Value >> 16}";
        return $"{name} ({place}0x{Value:X}){layer}: {TpmRcText.Of(Rc)}";
    }

    private string At(string what, uint mask) => ((Code >> 8) & mask) is var number and not 0 ? $"{what} {number}" : what;
}
