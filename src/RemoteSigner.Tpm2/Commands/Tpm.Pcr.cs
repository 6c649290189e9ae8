namespace RemoteSigner.Tpm2;

/// <content>Chapter 22 of Part 3: PCRs of the SHA-256 bank.</content>
public sealed partial class Tpm
{
    /// <summary>TPM2_PCR_Extend, Part 3 §22.2: the PCR becomes SHA-256(PCR, digest).</summary>
    public void PcrExtend(int index, ReadOnlySpan<byte> digest)
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = new TpmWriter(buffer);
        writer.UInt32(1);
        writer.Algorithm(TpmAlg.SHA256);
        writer.Bytes(digest);
        Run(TpmCc.PCR_Extend, [TpmEntity.Pcr(index)], [TpmPassword.Empty], writer.Written).Dispose();
    }

    /// <summary>
    /// TPM2_PCR_Read, Part 3 §22.4: the selected values, eight a command. For people and predictions; a quote is what proves them.
    /// </summary>
    /// <exception cref="TpmIntegrityException">The TPM lacks a selected PCR.</exception>
    public PcrValues PcrRead(TpmlPcrSelection selection)
    {
        var values = new Dictionary<int, byte[]>();
        Span<byte> buffer = stackalloc byte[32];
        for (var rest = selection; !rest.IsEmpty; )
        {
            var writer = new TpmWriter(buffer);
            rest.Write(ref writer);
            using var response = Run(TpmCc.PCR_Read, [], [], writer.Written);
            var reader = response.Reader;
            reader.UInt32();
            var given = TpmlPcrSelection.Read(ref reader);
            if (given.IsEmpty || !given.Except(rest).IsEmpty || reader.UInt32() != given.Indices.Count())
            {
                throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"the TPM has no values for {rest}");
            }

            foreach (var index in given.Indices)
            {
                values[index] = reader.Sized().ToArray();
            }

            rest = rest.Except(given);
        }

        return new PcrValues(values);
    }
}
