namespace RemoteSigner.Tpm2;

/// <summary>TPM_EO (TPM 2.0 Library Part 2 §6.8): how PolicyNV compares the index (left) with the operand (right).</summary>
public enum TpmEo
{
    Equal = 0,
    NotEqual = 1,
    UnsignedGreater = 3,
    UnsignedLess = 5,
    UnsignedGreaterOrEqual = 7,
    UnsignedLessOrEqual = 9,
}
