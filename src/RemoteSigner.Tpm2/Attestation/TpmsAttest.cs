namespace RemoteSigner.Tpm2;

/// <summary>What an attestation is about; a closed choice.</summary>
public abstract record TpmAttested
{
    private TpmAttested() { }

    /// <summary>TPMS_QUOTE_INFO (Part 2 §10.12.1): the digest of the selected PCRs, see <see cref="PcrValues.Digest"/>.</summary>
    public sealed record Quote(TpmlPcrSelection Selection, byte[] PcrDigest) : TpmAttested;

    /// <summary>TPMS_NV_CERTIFY_INFO (Part 2 §10.12.8): what the index of that Name holds from the offset on.</summary>
    public sealed record NvContents(TpmName IndexName, int Offset, byte[] Contents) : TpmAttested;
}

/// <summary>
/// TPMS_ATTEST (TPM 2.0 Library Part 2 §10.12.12): what a restricted key signs. <see cref="ExtraData"/> is the challenge of up to 32 bytes;
/// the clock's counts and the firmware version are true only for keys of the endorsement hierarchy, others see them obfuscated.
/// </summary>
public sealed class TpmsAttest
{
    /// <summary>TPM_GENERATED_VALUE, "\xFFTCG": a restricted key signs nothing from outside that begins so.</summary>
    private const uint Magic = 0xFF544347;
    private const int TPM_ST_ATTEST_NV = 0x8014,
        TPM_ST_ATTEST_QUOTE = 0x8018;

    private TpmsAttest(TpmName qualifiedSigner, byte[] extraData, TpmClock clock, ulong firmwareVersion, TpmAttested attested) =>
        (QualifiedSigner, ExtraData, Clock, FirmwareVersion, Attested) = (qualifiedSigner, extraData, clock, firmwareVersion, attested);

    public TpmName QualifiedSigner { get; }

    public byte[] ExtraData { get; }

    public TpmClock Clock { get; }

    public ulong FirmwareVersion { get; }

    public TpmAttested Attested { get; }

    /// <summary>Reads it without verifying anything; <see cref="TpmAttestation.Verify"/> does both.</summary>
    /// <exception cref="TpmIntegrityException">Malformed, not made inside a TPM, or about something this codec does not know.</exception>
    public static TpmsAttest Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new TpmReader(bytes);
        if (reader.UInt32() != Magic)
        {
            throw new TpmIntegrityException(
                TpmIntegrityFault.Malformed,
                "the attestation does not begin with TPM_GENERATED_VALUE: no TPM made it"
            );
        }

        var type = reader.UInt16();
        var signer = new TpmName(reader.Sized());
        var extraData = reader.Sized().ToArray();
        var clock = TpmClock.Read(ref reader);
        var firmware = reader.UInt64();
        var attested = ReadAttested(type, ref reader);
        reader.End();
        return new TpmsAttest(signer, extraData, clock, firmware, attested);
    }

    private static TpmAttested ReadAttested(int type, ref TpmReader reader) =>
        type switch
        {
            TPM_ST_ATTEST_QUOTE => new TpmAttested.Quote(TpmlPcrSelection.Read(ref reader), reader.Sized().ToArray()),
            TPM_ST_ATTEST_NV => new TpmAttested.NvContents(new TpmName(reader.Sized()), reader.UInt16(), reader.Sized().ToArray()),
            _ => throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"attestations of type 0x{type:X4} are not known"),
        };
}
