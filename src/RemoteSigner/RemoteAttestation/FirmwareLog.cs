using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// The firmware's event log (TCG PC Client Platform Firmware Profile §10, "crypto agile" form): what was extended into which PCR, in order.
/// All numbers little-endian. Replaying it tells what the PCRs must hold if the log is complete and unchanged; the texts in it prove
/// nothing.
/// </summary>
public sealed class FirmwareLog
{
    private const int HeaderLength = 4 + 4 + 20;
    private const uint EV_NO_ACTION = 3;
    private const int TPM_ALG_SHA256 = 0x000B;

    private readonly SortedDictionary<int, byte[]> _pcrs = [];

    private FirmwareLog() { }

    /// <summary>Events read, those that extend nothing included.</summary>
    public int Events { get; private set; }

    /// <summary>The SHA-256 bank after all events: of every PCR that one was for.</summary>
    public IReadOnlyDictionary<int, byte[]> Pcrs => _pcrs;

    /// <exception cref="RemoteAttestationException">Not such a log, of the old SHA-1 form, or cut off in the middle.</exception>
    public static FirmwareLog Replay(ReadOnlySpan<byte> log)
    {
        var replayed = new FirmwareLog();
        var reader = new LogReader(log);
        var digestSizes = ReadHeader(ref reader);
        while (!reader.AtEnd)
        {
            replayed.ReplayEvent(ref reader, digestSizes);
            replayed.Events++;
        }

        return replayed;
    }

    /// <summary>The first event, in the old form, whose content (TCG_EfiSpecIdEvent) names the digests that all others have.</summary>
    private static Dictionary<int, int> ReadHeader(ref LogReader reader)
    {
        if (reader.UInt32() != 0 || reader.UInt32() != EV_NO_ACTION)
        {
            throw Malformed("it does not begin with a Spec ID event");
        }

        reader.Bytes(HeaderLength - 8);
        var content = new LogReader(reader.Bytes(reader.UInt32()));
        if (!content.Bytes(16).SequenceEqual("Spec ID Event03\0"u8))
        {
            throw Malformed("it is not in the crypto agile form; firmware in legacy or TPM 1.2 mode writes SHA-1 only");
        }

        content.Bytes(8);
        var sizes = new Dictionary<int, int>();
        for (var left = content.UInt32(); left > 0; left--)
        {
            sizes[content.UInt16()] = content.UInt16();
        }

        return sizes;
    }

    /// <summary>TCG_PCR_EVENT2.</summary>
    private void ReplayEvent(ref LogReader reader, Dictionary<int, int> digestSizes)
    {
        var (index, type) = (reader.UInt32(), reader.UInt32());
        ReadOnlySpan<byte> digest = default;
        for (var left = reader.UInt32(); left > 0; left--)
        {
            var algorithm = reader.UInt16();
            var bytes = reader.Bytes(
                digestSizes.TryGetValue(algorithm, out var size)
                    ? (uint)size
                    : throw Malformed($"an event has a digest of the unknown algorithm 0x{algorithm:X4}")
            );
            digest = algorithm == TPM_ALG_SHA256 ? bytes : digest;
        }

        var content = reader.Bytes(reader.UInt32());
        if (type == EV_NO_ACTION)
        {
            SetLocality(index, content);
        }
        else if (digest.Length == SHA256.HashSizeInBytes && index < 24)
        {
            _pcrs[(int)index] = SHA256.HashData([.. Current((int)index), .. digest]);
        }
        else
        {
            throw Malformed($"event {Events + 1} has no SHA-256 digest for a PCR from 0 to 23");
        }
    }

    /// <summary>TCG_EfiStartupLocalityEvent: where the TPM was started from another locality, PCR 0 begins with its number.</summary>
    private void SetLocality(uint index, ReadOnlySpan<byte> content)
    {
        if (index == 0 && content.Length == 17 && content.StartsWith("StartupLocality\0"u8))
        {
            _pcrs[0] = [.. new byte[31], content[16]];
        }
    }

    private byte[] Current(int index) =>
        _pcrs.TryGetValue(index, out var value) ? value
        : index is >= 17 and <= 22 ? [.. Enumerable.Repeat((byte)0xFF, 32)]
        : new byte[32];

    private static RemoteAttestationException Malformed(string why) =>
        new($"the firmware's event log cannot be replayed: {why}", "take binary_bios_measurements as the kernel gives it");

    private ref struct LogReader(ReadOnlySpan<byte> log)
    {
        private ReadOnlySpan<byte> _rest = log;

        public readonly bool AtEnd => _rest.IsEmpty;

        public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

        public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

        public ReadOnlySpan<byte> Bytes(uint count)
        {
            if (count > _rest.Length)
            {
                throw Malformed("it ends in the middle of an event");
            }

            var bytes = _rest[..(int)count];
            _rest = _rest[(int)count..];
            return bytes;
        }
    }
}
