using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>Values of PCRs of the SHA-256 bank, 32 bytes each, read from a TPM or predicted for a firmware that is yet to boot.</summary>
public sealed class PcrValues(IReadOnlyDictionary<int, byte[]> values)
{
    public TpmlPcrSelection Selection { get; } = TpmlPcrSelection.Sha256([.. values.Keys]);

    /// <summary>32 bytes.</summary>
    /// <exception cref="KeyNotFoundException">The PCR is not among them.</exception>
    public ReadOnlySpan<byte> this[int index] => values[index];

    /// <summary>SHA-256 over the values in ascending order of their indices: what PolicyPCR and a quote hold (Part 1 §17.6).</summary>
    public byte[] Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var index in Selection.Indices)
        {
            hash.AppendData(values[index]);
        }

        return hash.GetHashAndReset();
    }
}
