namespace RemoteSigner.Tpm2;

/// <summary>
/// TPMA_NV (TPM 2.0 Library Part 2 §13.4): what an NV index is and who may read and write it. Bits 4 to 7 are its type: 1 is a counter, 0
/// plain bytes.
/// </summary>
[Flags]
public enum TpmaNv : uint
{
    None = 0,
    PPWrite = 1 << 0,
    OwnerWrite = 1 << 1,
    AuthWrite = 1 << 2,
    PolicyWrite = 1 << 3,
    Counter = 1 << 4,
    PolicyDelete = 1 << 10,
    WriteLocked = 1 << 11,
    WriteAll = 1 << 12,
    WriteDefine = 1 << 13,
    PPRead = 1 << 16,
    OwnerRead = 1 << 17,
    AuthRead = 1 << 18,
    PolicyRead = 1 << 19,
    NoDA = 1 << 25,
    Orderly = 1 << 26,
    ReadLocked = 1 << 28,
    Written = 1 << 29,
    PlatformCreate = 1 << 30,
    ReadStClear = 1u << 31,
}
