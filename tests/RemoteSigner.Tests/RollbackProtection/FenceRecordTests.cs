using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>The record byte by byte: records of installations that exist must be read for ever, and an NV index keeps its size.</summary>
public sealed class FenceRecordTests : IDisposable
{
    // The key is 00 01 … 1f. Made with another program from the layout in README.md of the room.
    private const string Head = "00112233445566778899aabbccddeeff" + "0000000000000003" + "000000000000004d" + "0000000000000009";
    private const string End =
        "0000000000000007"
        + "0101010101010101010101010101010101010101010101010101010101010101"
        + "0202020202020202020202020202020202020202020202020202020202020202"
        + "0000000000000005"
        + "ffffffffffffffff"
        + "0000000000000008";

    private const string FirstStopped = "01" + Head + "01" + End + "c5e9ff9be0c92d63977e9f3b0d37e78f45a6c822242085134f4c0e3ffb049d52";
    private const string FirstGoingOn = "01" + Head + "00" + Zeros96 + "252522010dfd09083395830b2fa8244fa8257488edf543ddb48e8f5170c02992";
    private const string SecondStopped = "02" + Head + "01" + End + "49a669e0cb2958c9e90dae46dfb109ab2f68f1db9d1e6333a8da13c84b396a55";
    private const string SecondGoingOn =
        "02"
        + Head
        + "00"
        + "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
        + "0000000000000028"
        + "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
        + Zeros56
        + "a4c1eef2a717eb94ac6a2c52e7936166c46162060759c9c4dcf4e681ee66ec4d";
    private const string ThirdStopped =
        "03" + Head + "01" + ThirdEnd + Code + "be8e08536c08c6db7ed1018f47f678253f0485186a186ac042b2846cb1caacd9";
    private const string ThirdGoingOn =
        "03"
        + Head
        + "00"
        + "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
        + "0000000000000028"
        + "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
        + Zeros40
        + Code
        + "be71220bbc5982d8c2beb982c44914362928e5726bf72b2f326e183ce45fa7ac";
    private const string ThirdEnd =
        "0000000000000007"
        + "0101010101010101010101010101010101010101010101010101010101010101"
        + "0202020202020202020202020202020202020202020202020202020202020202"
        + "0000000000000005";

    private const string Code = "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf";
    private const string Zeros40 = "00000000000000000000000000000000000000000000000000000000000000000000000000000000";
    private const string Zeros56 =
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000";
    private const string Zeros96 = Zeros56 + "00000000000000000000000000000000000000000000000000000000000000000000000000000000";

    private static readonly HistoryEnd _end = new(7, Filled(1), Filled(2), new Epoch(5), null, new Slot(8));

    private readonly SecretArena _arena = new();
    private readonly SecretBytes _key;

    public FenceRecordTests()
    {
        _key = _arena.Allocate(32);
        for (var i = 0; i < 32; i++)
        {
            _key.Span[i] = (byte)i;
        }
    }

    private static FenceRecord Stopped =>
        new FenceRecord(
            Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
            3,
            SignedBounds.Before(new Epoch(77)),
            new VaultMark(9, Guid.Parse("c0c1c2c3-c4c5-c6c7-c8c9-cacbcccdcecf")),
            null
        ).EndedAt(_end);

    private static FenceRecord GoingOn =>
        Stopped.GoingOn(3, Guid.Parse("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf"), new SignedBounds(new Epoch(77), new Epoch(40))) with
        {
            Nonce = Guid.Parse("b0b1b2b3-b4b5-b6b7-b8b9-babbbcbdbebf"),
        };

    [Fact]
    public void Is_written_as_version_3_in_170_bytes()
    {
        Assert.Equal(ThirdStopped, Convert.ToHexStringLower(Stopped.Write(_key)));
        Assert.Equal(ThirdGoingOn, Convert.ToHexStringLower(GoingOn.Write(_key)));
        Assert.Equal((170, 170), (Stopped.Write(_key).Length, FenceRecord.Length));
    }

    [Fact]
    public void Version_3_reads_as_it_was_written()
    {
        Assert.Equal(GoingOn, Read(ThirdGoingOn));
        var stopped = Read(ThirdStopped);
        Assert.Equal(Stopped, stopped);
        Assert.Equal(
            (_end.Source, (Epoch?)null, (Slot?)null),
            (stopped.CleanStop!.Source, stopped.CleanStop.Target, stopped.CleanStop.Slot)
        );
    }

    [Fact]
    public void Version_2_is_still_read_and_knows_the_vault_by_its_generation_alone()
    {
        Assert.Equal(GoingOn with { Vault = new VaultMark(9, default) }, Read(SecondGoingOn));
        var stopped = Read(SecondStopped);
        Assert.Equal(Stopped with { Vault = new VaultMark(9, default) }, stopped);
        Assert.Equal((_end.Source, _end.Target, _end.Slot), (stopped.CleanStop!.Source, stopped.CleanStop.Target, stopped.CleanStop.Slot));
        Assert.Equal((new Epoch(77), new Epoch(5)), (stopped.Fence, stopped.Bounds.Source));
    }

    [Theory]
    [InlineData(FirstStopped, true)]
    [InlineData(FirstGoingOn, false)]
    public void Version_1_is_still_read_and_bounds_sources_by_the_fence_alone(string record, bool isStopped)
    {
        var read = Read(record);

        Assert.Equal((3UL, 9UL, SignedBounds.Before(new Epoch(77)), Guid.Empty), (read.Start, read.VaultGeneration, read.Bounds, read.Run));
        Assert.Equal(isStopped ? _end : null, read.CleanStop);
        Assert.True(read.IsWithoutRun);
    }

    [Fact]
    public void Nothing_is_read_with_another_key_a_changed_byte_or_of_a_version_that_is_not_known()
    {
        var bytes = GoingOn.Write(_key);
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            Assert.Null(FenceRecord.Read(changed, _key));
        }

        _key.Span[0] ^= 1;
        Assert.Null(FenceRecord.Read(bytes, _key));
        bytes[0] = 4;
        Assert.Null(FenceRecord.ReadUnproven(bytes));
    }

    [Fact]
    public void Imported_history_from_far_ahead_does_not_carry_the_bound_of_an_orderly_stop_past_the_fence() =>
        Assert.Equal(new Epoch(75), Stopped.EndedAt(_end with { Source = new Epoch(long.MaxValue) }).Bounds.Source);

    public void Dispose() => _arena.Dispose();

    private static Root Filled(byte value) => new([.. Enumerable.Repeat(value, 32)]);

    private FenceRecord Read(string record) => FenceRecord.Read(Convert.FromHexString(record), _key)!;
}
