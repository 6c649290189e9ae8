namespace RemoteSigner.Tpm2;

/// <summary>TPM_ALG_ID (TPM 2.0 Library Part 2 §6.3): the algorithms this codec names.</summary>
public enum TpmAlg
{
    RSA = 0x0001,
    SHA1 = 0x0004,
    HMAC = 0x0005,
    AES = 0x0006,
    KEYEDHASH = 0x0008,
    SHA256 = 0x000B,
    SHA384 = 0x000C,
    SHA512 = 0x000D,
    NULL = 0x0010,
    RSASSA = 0x0014,
    RSAES = 0x0015,
    RSAPSS = 0x0016,
    OAEP = 0x0017,
    ECDSA = 0x0018,
    ECDH = 0x0019,
    ECDAA = 0x001A,
    ECC = 0x0023,
    CFB = 0x0043,
}
