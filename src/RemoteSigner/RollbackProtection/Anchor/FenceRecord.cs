using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// What the anchor keeps besides its count, 170 bytes: everything that was signed in start number <paramref name="Start"/> or before lies
/// within <paramref name="Bounds"/>. With <paramref name="CleanStop"/> that start ended in an orderly way, and its ledger ends there.
/// Layout: README.md of this room.
/// </summary>
public sealed record FenceRecord(Guid VaultId, ulong Start, SignedBounds Bounds, VaultMark Vault, HistoryEnd? CleanStop)
{
    /// <summary>Bytes of every record, whether it holds a clean stop or not: an NV index keeps the size it was made with.</summary>
    public const int Length = ContentLength + CodeLength;

    /// <summary>
    /// What stands in an anchor that was left or moved away from: it vouches for nothing, and whoever finds it is refused.
    /// </summary>
    public static byte[] Void => new byte[Length];

    private const byte Current = 3;
    private const byte WithoutCode = 2;
    private const byte WithoutRun = 1;
    private const int ContentLength = 1 + 16 + (3 * 8) + 1 + EndLength;
    private const int EndLength = 8 + 32 + 32 + (3 * 8);
    private const int CodeLength = 32;
    private const int VaultCodeAt = 122;
    private const int VaultCodeLength = 16;

    /// <summary>The run that goes on, by the number that it drew when it began; zero when none does.</summary>
    public Guid Run { get; init; }

    /// <summary>
    /// Drawn for each write of a run: two runs that take themselves for one, on two copies of a machine, write different records all the
    /// same.
    /// </summary>
    public Guid Nonce { get; init; }

    public ulong VaultGeneration => Vault.Generation;

    /// <summary>Written by an earlier program, which named no run: a start was counted long before its first record.</summary>
    public bool IsWithoutRun { get; private init; }

    /// <summary>The first epoch of which nothing was signed.</summary>
    public Epoch Fence => Bounds.Fence;

    /// <summary>The record of start <paramref name="start"/>, whose run goes on: whatever clean stop stood in it holds no longer.</summary>
    public FenceRecord GoingOn(ulong start, Guid run, SignedBounds bounds) =>
        this with
        {
            Start = start,
            Run = run,
            Bounds = bounds,
            CleanStop = null,
            IsWithoutRun = false,
        };

    /// <summary>The record of a run that ended: nothing may be signed any more, so the bounds are as tight as the history is.</summary>
    public FenceRecord EndedAt(HistoryEnd end) =>
        this with
        {
            Bounds = BoundsAt(Fence, end),
            Run = default,
            Nonce = default,
            CleanStop = end,
            IsWithoutRun = false,
        };

    /// <summary>The same with a fence that is no earlier than this one.</summary>
    public FenceRecord Past(Epoch fence) => this with { Bounds = Bounds.Join(SignedBounds.Before(fence)) };

    public byte[] Write(SecretBytes key)
    {
        var bytes = new byte[Length];
        var content = bytes.AsSpan(0, ContentLength);
        content[0] = Current;
        VaultId.TryWriteBytes(content[1..], bigEndian: true, out _);
        Number(content, 17, Start);
        Number(content, 25, Fence.Value);
        Number(content, 33, Vault.Generation);
        Vault.Code.TryWriteBytes(content[VaultCodeAt..], bigEndian: true, out _);
        if (CleanStop is { } end)
        {
            content[41] = 1;
            WriteEnd(content[42..], end);
        }
        else
        {
            Run.TryWriteBytes(content[42..], bigEndian: true, out _);
            Number(content, 58, Bounds.Source.Value);
            Nonce.TryWriteBytes(content[66..], bigEndian: true, out _);
        }

        HMACSHA256.HashData(key.Span, content, bytes.AsSpan(ContentLength));
        return bytes;
    }

    /// <summary>Null when the bytes were not written with this key, were changed, or are of a version that is not known.</summary>
    public static FenceRecord? Read(ReadOnlySpan<byte> bytes, SecretBytes key)
    {
        if (
            bytes.Length != Length
            || !CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key.Span, bytes[..ContentLength]), bytes[ContentLength..])
        )
        {
            return null;
        }

        return ReadUnproven(bytes);
    }

    /// <summary>
    /// What the bytes say, for somebody without the key who knows by other means where they are from; null when they are no record.
    /// </summary>
    public static FenceRecord? ReadUnproven(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length || bytes[0] is not (Current or WithoutCode or WithoutRun))
        {
            return null;
        }

        var (isOld, hasCode) = (bytes[0] == WithoutRun, bytes[0] == Current);
        var (fence, end) = (new Epoch(Number(bytes, 25)), bytes[41] == 0 ? null : ReadEnd(bytes.Slice(42, EndLength), isWhole: !hasCode));
        var vault = new VaultMark(
            Number(bytes, 33),
            hasCode ? new Guid(bytes.Slice(VaultCodeAt, VaultCodeLength), bigEndian: true) : default
        );
        var record = new FenceRecord(
            new Guid(bytes.Slice(1, 16), bigEndian: true),
            Number(bytes, 17),
            SignedBounds.Before(fence),
            vault,
            end
        )
        {
            IsWithoutRun = isOld,
        };
        return isOld ? record
            : end is not null ? record with { Bounds = BoundsAt(fence, end) }
            : record with
            {
                Run = new Guid(bytes.Slice(42, 16), bigEndian: true),
                Bounds = new SignedBounds(fence, new Epoch(Number(bytes, 58))),
                Nonce = new Guid(bytes.Slice(66, 16), bigEndian: true),
            };
    }

    // History that was imported from far ahead is not covered by the fence, nor by the source.
    private static SignedBounds BoundsAt(Epoch fence, HistoryEnd end) => SignedBounds.Before(fence, end.Source ?? new Epoch(0));

    private static void WriteEnd(Span<byte> to, HistoryEnd end)
    {
        Number(to, 0, end.Entries);
        end.Head.Bytes.CopyTo(to[8..]);
        end.Marks.Bytes.CopyTo(to[40..]);
        Number(to, 72, end.Source?.Value ?? ulong.MaxValue);
    }

    // Earlier programs wrote newest target and slot where the vault's code is now.
    private static HistoryEnd ReadEnd(ReadOnlySpan<byte> from, bool isWhole) =>
        new(
            Number(from, 0),
            new Root(from.Slice(8, 32)),
            new Root(from.Slice(40, 32)),
            Known(from, 72) is { } source ? new Epoch(source) : null,
            isWhole && Known(from, 80) is { } target ? new Epoch(target) : null,
            isWhole && Known(from, 88) is { } slot ? new Slot(slot) : null
        );

    private static ulong? Known(ReadOnlySpan<byte> from, int offset) =>
        Number(from, offset) is var number and not ulong.MaxValue ? number : null;

    private static ulong Number(ReadOnlySpan<byte> from, int offset) => BinaryPrimitives.ReadUInt64BigEndian(from[offset..]);

    private static void Number(Span<byte> to, int offset, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(to[offset..], value);
}
