namespace RemoteSigner.Tpm2;

/// <summary>TPM_PT (TPM 2.0 Library Part 2 §6.13): the properties worth asking for.</summary>
public enum TpmPt
{
    FIRMWARE_VERSION_1 = 0x10B,
    MANUFACTURER = 0x105,
    VENDOR_STRING_1 = 0x106,
    VENDOR_STRING_2 = 0x107,
    VENDOR_STRING_3 = 0x108,
    VENDOR_STRING_4 = 0x109,
    NV_COUNTERS_MAX = 0x116,
    NV_INDEX_MAX = 0x117,
    NV_BUFFER_MAX = 0x12C,
    PERMANENT = 0x200,
    NV_COUNTERS = 0x20A,
    NV_COUNTERS_AVAIL = 0x20B,
    LOCKOUT_COUNTER = 0x20E,
    MAX_AUTH_FAIL = 0x20F,
    LOCKOUT_INTERVAL = 0x210,
    LOCKOUT_RECOVERY = 0x211,
}
