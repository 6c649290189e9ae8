using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Sealing;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// What one run wrote into its anchor. Before and after each write the anchor must count this run's start as the newest and show, byte
/// for byte, what this run wrote last, or what it tried to write since and never heard whether it was done. Anything else is another run's,
/// and this one is over. Used by one task at a time.
/// </summary>
internal sealed class RunRecord : IDisposable
{
    private readonly IRollbackAnchor _anchor;
    private readonly FenceKeys _keys;
    private readonly TimeProvider _time;
    private readonly List<byte[]> _own = [];

    /// <param name="first">The run's first record, of the start that it will be, or is.</param>
    public RunRecord(IRollbackAnchor anchor, FenceKeys keys, FenceRecord first, TimeProvider time)
    {
        (_anchor, _keys, _time, Written, Claim) = (anchor, keys, time, first, first.Write(keys.Record));
        _own.Add(Claim);
    }

    /// <summary>The bytes of the run's first record, which the start protocol writes together with the count.</summary>
    public byte[] Claim { get; }

    /// <summary>The newest record that the anchor was seen to show.</summary>
    public FenceRecord Written { get; private set; }

    public ulong Start => Written.Start;

    public string Anchor => _anchor.Description;

    /// <summary>Of the root key whose keys it is written with.</summary>
    public uint Epoch => _keys.Epoch;

    /// <summary>Where it is kept. It lives as long as this does.</summary>
    public RollbackAnchorPlace Place => new(_anchor, _keys);

    /// <summary>Does this reading show the claim and nothing else?</summary>
    public bool IsClaimed(RollbackAnchorReading? reading) => reading is not null && reading.Shows(Start, Claim);

    /// <exception cref="RollbackAnchorException">It was not written, or nobody knows; <see cref="RollbackAnchorFault.StartedElsewhere"/>:
    /// the anchor shows what another run wrote.</exception>
    public async Task WriteAsync(FenceRecord next, CancellationToken cancellation)
    {
        var from = await ReadOwnAsync(cancellation);
        var bytes = (next.CleanStop is null ? Draw(next, _time) : next).Write(_keys.Record);
        _own.Add(bytes);
        await _anchor.WriteRecordAsync(from, bytes, cancellation);
        if (!(await ReadOwnAsync(cancellation)).Shows(Start, bytes))
        {
            throw new RollbackAnchorException(
                RollbackAnchorFault.Unreachable,
                $"the {Anchor} took a record and shows the one before it",
                "look at the device"
            );
        }

        _own.RemoveAll(own => own != bytes);
        Written = next;
    }

    public void Dispose() => _keys.Dispose();

    private async Task<RollbackAnchorReading> ReadOwnAsync(CancellationToken cancellation)
    {
        var reading = await _anchor.ReadAsync(cancellation);
        return reading is not null && _own.Exists(own => reading.Shows(Start, own)) ? reading : throw Elsewhere(_anchor, Start);
    }

    public static RollbackAnchorException Elsewhere(IRollbackAnchor anchor, ulong start) =>
        new(
            RollbackAnchorFault.StartedElsewhere,
            $"the {anchor.Description} does not show what this run, start number {start}, wrote last: another signer was "
                + "started with a copy of this data directory, or this machine was cloned or resumed from a snapshot",
            "stop one of the two signers for good, then restart the other"
        );

    /// <summary>The record with a number of its own. Random alone is the same in two copies of one memory; their clocks are not.</summary>
    public static FenceRecord Draw(FenceRecord record, TimeProvider time)
    {
        Span<byte> nonce = stackalloc byte[16];
        RandomNumberGenerator.Fill(nonce[..8]);
        BinaryPrimitives.WriteInt64BigEndian(nonce[8..], time.GetUtcNow().Ticks);
        return record with { Nonce = new Guid(nonce, bigEndian: true) };
    }
}
