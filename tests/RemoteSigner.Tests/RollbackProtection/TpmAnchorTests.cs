using System.Security.Cryptography;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tests.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>The anchor in a real software TPM.</summary>
public sealed class TpmAnchorTests : TpmTest
{
    private readonly SecretArena _arena = new();
    private readonly Guid _vault = Guid.NewGuid();
    private SealingTpm _device = null!;
    private FenceKeys _keys = null!;
    private TpmAnchor _anchor = null!;

    private Action<TamperingTransport> _onTheBus = _ => { };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        using (var tpm = Open())
        {
            PinnedRoot(tpm);
        }

        _device = new SealingTpm(
            Tapped,
            Software.Address,
            new FirmwareApprovalFolder(InFolder("none")),
            new PinSource.FromFile("none"),
            null,
            _arena,
            Brief with
            {
                NvRate = TimeSpan.Zero,
            }
        );
        _keys = NewKeys();
        _anchor = new TpmAnchor(_device, _vault, _keys);
    }

    public override async ValueTask DisposeAsync()
    {
        _device?.Dispose();
        _keys?.Dispose();
        _arena.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Counts_and_keeps_its_record_through_a_power_cut()
    {
        Assert.Null(await _anchor.ReadAsync(default));
        await _anchor.CreateAsync(default);
        var made = (await _anchor.ReadAsync(default))!;
        await _anchor.CountAsync(made, Record(3), default);
        await WriteAsync(1);
        await WriteAsync(2);
        await CountAsync();

        await Software.RestartAsync();

        var read = (await _anchor.ReadAsync(default))!;
        Assert.Equal((made.Identity, made.Count + 2, 0), (read.Identity, read.Count, made.Record.Length));
        Assert.True(read.Record.Span.SequenceEqual(Record(2)));
    }

    [Fact]
    public async Task Is_made_once_for_a_vault_and_another_vault_has_its_own()
    {
        await _anchor.CreateAsync(default);

        Assert.Equal(RollbackAnchorFault.Exists, await FaultAsync(() => _anchor.CreateAsync(default)));
        Assert.Null(await new TpmAnchor(_device, Guid.NewGuid(), _keys).ReadAsync(default));
    }

    [Fact]
    public async Task What_is_discarded_is_gone_and_is_made_anew_as_another_one()
    {
        await _anchor.CreateAsync(default);
        var former = (await _anchor.ReadAsync(default))!;

        await _anchor.DiscardAsync(default);
        Assert.Null(await _anchor.ReadAsync(default));
        await _anchor.CreateAsync(default);

        var anew = (await _anchor.ReadAsync(default))!;
        Assert.True(anew.Record.IsEmpty);
        Assert.True(anew.Count > former.Count);
    }

    [Fact]
    public async Task A_creation_that_was_interrupted_anywhere_is_ended_by_the_next()
    {
        for (var last = 1; ; last++)
        {
            _onTheBus = CutAfter(last);
            var cut = await Xunit.Record.ExceptionAsync(() => _anchor.CreateAsync(default));
            _onTheBus = _ => { };
            if (cut is null)
            {
                break;
            }

            Assert.Equal(RollbackAnchorFault.Unreachable, Assert.IsType<RollbackAnchorException>(cut).Fault);
            Assert.Null(await _anchor.ReadAsync(default));
        }

        Assert.NotNull(await _anchor.ReadAsync(default));
    }

    // As a succession does whose former place vouches for it.
    private async Task ProvideAsync()
    {
        if (
            await Xunit.Record.ExceptionAsync(() => _anchor.ReadAsync(default)) is RollbackAnchorException
            {
                Fault: RollbackAnchorFault.Foreign
            }
        )
        {
            await _anchor.DiscardAsync(default);
        }

        await _anchor.CreateAsync(default);
    }

    /// <summary>The keys of a root key that nobody has, because the vault never got it.</summary>
    [Fact]
    public async Task What_a_creation_under_other_keys_left_is_taken_away_by_the_next_wherever_it_was_interrupted()
    {
        for (var last = 1; ; last++)
        {
            using var lost = NewKeys();
            _onTheBus = CutAfter(last);
            var cut = await Xunit.Record.ExceptionAsync(() => new TpmAnchor(_device, _vault, lost).CreateAsync(default));
            _onTheBus = _ => { };

            await ProvideAsync();

            Assert.True((await _anchor.ReadAsync(default))!.Record.IsEmpty);
            await WriteAsync(1);
            await CountAsync();
            await _anchor.DiscardAsync(default);
            if (cut is null)
            {
                Assert.InRange(last, 8, 100);
                return;
            }
        }
    }

    [Fact]
    public async Task Whoever_cannot_open_the_vault_can_neither_read_nor_write_it()
    {
        await _anchor.CreateAsync(default);
        using var other = NewKeys();
        var thief = new TpmAnchor(_device, _vault, other);

        var refused = await Assert.ThrowsAsync<RollbackAnchorException>(() => thief.ReadAsync(default));
        Assert.Equal(RollbackAnchorFault.Foreign, refused.Fault);
        Assert.Contains(
            $"tpm2_nvundefine 0x{thief.Indices.Counter:X8}, tpm2_nvundefine 0x{thief.Indices.Record:X8}",
            refused.Hint,
            StringComparison.Ordinal
        );
        Assert.Equal(RollbackAnchorFault.Foreign, await FaultAsync(() => thief.CountAsync(Nothing, Record(1), default)));
        Assert.Equal(RollbackAnchorFault.Foreign, await FaultAsync(() => thief.WriteRecordAsync(Nothing, Record(1), default)));
        using var tpm = Open();
        Assert.Equal(TpmRc.NV_AUTHORIZATION, Refused(() => tpm.NvIncrement(Index(tpm, 0), TpmPassword.Empty, TpmEntity.Owner)));
        Assert.Equal(0u, tpm.FindProperty(TpmPt.LOCKOUT_COUNTER));
    }

    [Fact]
    public async Task One_that_was_taken_away_is_missed_and_one_that_was_put_in_its_place_is_noticed()
    {
        await _anchor.CreateAsync(default);
        var before = (await _anchor.ReadAsync(default))!;
        using (var tpm = Open())
        {
            tpm.NvUndefineSpace(TpmPassword.Empty, Index(tpm, 0));
        }

        Assert.Null(await _anchor.ReadAsync(default));
        Assert.Equal(RollbackAnchorFault.Missing, await FaultAsync(() => CountAsync()));

        await _anchor.CreateAsync(default);
        Assert.True((await _anchor.ReadAsync(default))!.Count > before.Count);

        using (var tpm = Open())
        {
            var index = Index(tpm, 0);
            tpm.NvUndefineSpace(TpmPassword.Empty, index);
            var impostor = tpm.NvDefineSpace(TpmPassword.Empty, TpmsNvPublic.Counter(index.Handle), []);
            tpm.NvIncrement(impostor, TpmPassword.Empty);
        }

        Assert.Equal(RollbackAnchorFault.Foreign, await FaultAsync(() => _anchor.ReadAsync(default)));
    }

    [Fact]
    public async Task A_record_whose_acknowledgement_was_lost_is_read_back()
    {
        await _anchor.CreateAsync(default);
        await WriteAsync(1);
        var from = (await _anchor.ReadAsync(default))!;
        var connections = 0;
        _onTheBus = bus =>
        {
            var writing = false;
            connections++;
            bus.ChangeCommand = command => writing = (command[8] << 8 | command[9]) == (int)TpmCc.NV_Write;
            bus.ChangeResponse = _ =>
            {
                if (writing)
                {
                    throw new TpmTransportException(TpmTransportFault.Closed, "cut");
                }
            };
        };

        await _anchor.WriteRecordAsync(from, Record(2), default);

        Assert.Equal(2, connections);
        Assert.True((await _anchor.ReadAsync(default))!.Record.Span.SequenceEqual(Record(2)));
    }

    [Theory]
    [InlineData(0x920, RollbackAnchorFault.RateLimited)]
    [InlineData(0x14B, RollbackAnchorFault.Full)]
    [InlineData(0x921, RollbackAnchorFault.LockedOut)]
    [InlineData(0x910, RollbackAnchorFault.Unreachable)]
    [InlineData(0x101, RollbackAnchorFault.Refused)]
    public async Task Tells_what_the_TPM_answers(uint code, RollbackAnchorFault expected)
    {
        await _anchor.CreateAsync(default);
        var from = (await _anchor.ReadAsync(default))!;
        _onTheBus = bus => bus.Answers.Enqueue(code);

        Assert.Equal(expected, await FaultAsync(() => _anchor.CountAsync(from, Record(1), default)));
    }

    [Fact]
    public async Task A_TPM_that_hangs_is_given_up_in_time_and_asked_again_when_it_answers()
    {
        await _anchor.CreateAsync(default);
        var from = (await _anchor.ReadAsync(default))!;
        await Software.PauseAsync();
        Assert.Equal(RollbackAnchorFault.Unreachable, await FaultAsync(() => _anchor.WriteRecordAsync(from, Record(1), default)));

        await Software.ResumeAsync();

        await WriteAsync(2);
        Assert.True((await _anchor.ReadAsync(default))!.Record.Span.SequenceEqual(Record(2)));
    }

    [Fact]
    public async Task What_was_seen_before_another_change_is_not_replaced_and_not_counted()
    {
        await _anchor.CreateAsync(default);
        var seen = (await _anchor.ReadAsync(default))!;
        await WriteAsync(1);

        Assert.Equal(RollbackAnchorFault.Contested, await FaultAsync(() => _anchor.WriteRecordAsync(seen, Record(2), default)));
        Assert.Equal(RollbackAnchorFault.Contested, await FaultAsync(() => _anchor.CountAsync(seen, Record(2), default)));
        Assert.Equal(seen.Count, (await _anchor.ReadAsync(default))!.Count);
    }

    /// <summary>Counted, and the connection is cut before the record is written.</summary>
    [Fact]
    public async Task A_count_without_its_record_shows_the_former_record()
    {
        await _anchor.CreateAsync(default);
        await WriteAsync(1);
        var from = (await _anchor.ReadAsync(default))!;
        _onTheBus = bus =>
            bus.ChangeCommand = command =>
            {
                if ((command[8] << 8 | command[9]) == (int)TpmCc.NV_Write)
                {
                    throw new TpmTransportException(TpmTransportFault.Closed, "cut");
                }
            };

        Assert.Equal(RollbackAnchorFault.Unreachable, await FaultAsync(() => _anchor.CountAsync(from, Record(2), default)));

        _onTheBus = _ => { };
        Assert.True((await _anchor.ReadAsync(default))!.Shows(from.Count + 1, Record(1)));
    }

    [Fact]
    public async Task Two_signers_that_start_at_once_from_copies_of_one_data_directory_never_serve_both()
    {
        using var otherDevice = new SealingTpm(
            Tapped,
            Software.Address,
            new FirmwareApprovalFolder(InFolder("none")),
            new PinSource.FromFile("none"),
            null,
            _arena,
            new TpmTimeouts { NvRate = TimeSpan.Zero }
        );
        using var device = new SealingTpm(
            Tapped,
            Software.Address,
            new FirmwareApprovalFolder(InFolder("none")),
            new PinSource.FromFile("none"),
            null,
            _arena,
            new TpmTimeouts { NvRate = TimeSpan.Zero }
        );
        var served = 0;
        for (var round = 0; round < 8; round++)
        {
            await using var directory = await SharedDirectory.CreateAsync(made => new TpmAnchor(device, made.VaultId, made.Keys));
            SharedDirectory.SharedRun[] runs =
            [
                await directory.OpenAsync(directory.Copy(), new TpmAnchor(device, directory.VaultId, directory.Keys)),
                await directory.OpenAsync(directory.Copy(), new TpmAnchor(otherDevice, directory.VaultId, directory.Keys)),
            ];
            await Task.WhenAll(runs.Select(run => Task.Run(run.StartAsync)));
            foreach (var (source, target) in new[] { (8UL, 9UL), (20UL, 21UL) })
            {
                var votes = await Task.WhenAll(runs.Select((run, i) => Task.Run(() => run.VoteAsync(source, target, i + 1))));
                Assert.InRange(votes.Count(vote => vote), 0, 1);
                served += votes.Count(vote => vote);
            }

            await Task.WhenAll(runs.Select(run => run.DisposeAsync().AsTask()));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{served} of 16 votes left");
        Assert.InRange(served, 1, 16);
    }

    [Fact]
    public async Task A_virtual_TPM_says_so()
    {
        await _anchor.CreateAsync(default);

        var rollback = await _anchor.FindRollbackAsync(default);

        Assert.Contains("IBM 'SW   TPM'", rollback, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_was_changed_on_its_way_is_noticed_and_no_authorization_value_passes_the_bus()
    {
        var buses = new List<TamperingTransport>();
        _onTheBus = buses.Add;
        await _anchor.CreateAsync(default);
        await WriteAsync(3);
        await _anchor.ReadAsync(default);
        Assert.DoesNotContain(buses, bus => bus.Carried(_keys.Anchor.Span));

        _onTheBus = bus =>
        {
            var reading = false;
            bus.ChangeCommand = command => reading = (command[8] << 8 | command[9]) == (int)TpmCc.NV_Read;
            bus.ChangeResponse = response => response[Math.Min(response.Length - 1, 17)] ^= reading ? (byte)1 : (byte)0;
        };
        Assert.Equal(RollbackAnchorFault.Tampered, await FaultAsync(() => _anchor.ReadAsync(default)));
        _onTheBus = _ => { };
        Assert.True((await _anchor.ReadAsync(default))!.Record.Span.SequenceEqual(Record(3)));
    }

    private static Action<TamperingTransport> CutAfter(int commands)
    {
        var sent = 0;
        return bus =>
            bus.ChangeCommand = _ =>
            {
                if (++sent > commands)
                {
                    throw new TpmTransportException(TpmTransportFault.Closed, "cut");
                }
            };
    }

    private static RollbackAnchorReading Nothing => new("TPM of nobody", 0, default);

    private async Task WriteAsync(byte fill) =>
        await _anchor.WriteRecordAsync(await _anchor.ReadAsync(default) ?? Nothing, Record(fill), default);

    private async Task CountAsync()
    {
        var from = await _anchor.ReadAsync(default) ?? Nothing;
        await _anchor.CountAsync(from, from.Record, default);
    }

    private static byte[] Record(byte fill) => [.. Enumerable.Repeat(fill, FenceRecord.Length)];

    private NvIndex Index(Tpm tpm, uint offset) => tpm.NvReadPublic(TpmHandles.FenceCounter(TpmSeal.ContextOf(_vault), 0) + offset);

    private static async Task<RollbackAnchorFault> FaultAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RollbackAnchorException>(call);
        Assert.False(string.IsNullOrWhiteSpace(refused.Hint));
        return refused.Fault;
    }

    private FenceKeys NewKeys()
    {
        var keys = new FenceKeys(_arena.Allocate(32), _arena.Allocate(32));
        RandomNumberGenerator.Fill(keys.Anchor.Span);
        return keys;
    }

    private TamperingTransport Tapped()
    {
        var tapped = new TamperingTransport(TpmAddress.Parse(Software.Address).Connect());
        _onTheBus(tapped);
        return tapped;
    }
}
