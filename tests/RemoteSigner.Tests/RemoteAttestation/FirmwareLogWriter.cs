using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RemoteSigner.Tests.RemoteAttestation;

/// <summary>
/// Writes an event log as UEFI firmware does (TCG PC Client Platform Firmware Profile §10), with SHA-1 and SHA-256 digests.
/// </summary>
public sealed class FirmwareLogWriter
{
    private const uint EV_NO_ACTION = 3,
        EV_POST_CODE = 1;

    private readonly List<byte> _log = [];

    public FirmwareLogWriter()
    {
        byte[] header = [.. "Spec ID Event03\0"u8, .. UInt32(0), 0, 2, 0, 2, .. UInt32(2), 0x04, 0, 20, 0, 0x0B, 0, 32, 0, 0];
        _log.AddRange([.. UInt32(0), .. UInt32(EV_NO_ACTION), .. new byte[20], .. UInt32((uint)header.Length), .. header]);
    }

    /// <summary>Adds an event; the SHA-256 digest to extend the PCR with.</summary>
    public byte[] Measure(int index, string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        Append(index, EV_POST_CODE, SHA256.HashData(content), content);
        return SHA256.HashData(content);
    }

    /// <summary>The TPM was started from this locality.</summary>
    public void StartAt(byte locality) => Append(0, EV_NO_ACTION, new byte[32], [.. "StartupLocality\0"u8, locality]);

    public byte[] ToArray() => [.. _log];

    private void Append(int index, uint type, byte[] digest, byte[] content) =>
        _log.AddRange([
            .. UInt32((uint)index),
            .. UInt32(type),
            .. UInt32(2),
            0x04,
            0,
            .. new byte[20],
            0x0B,
            0,
            .. digest,
            .. UInt32((uint)content.Length),
            .. content,
        ]);

    private static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
