using System.Security.Cryptography;
using System.Text;
using Net.Pkcs11Interop.Common;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;
using RemoteSigner.Slashing;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>The anchor in a real token.</summary>
[Collection(SoftHsmCollection.Name)]
public sealed class TokenAnchorTests : IDisposable
{
    private readonly SecretArena _arena = new();
    private readonly SoftHsm _softHsm;
    private readonly Pkcs11Token _token;
    private readonly Guid _vault = Guid.NewGuid();
    private readonly FenceKeys _keys;
    private readonly TokenAnchor _anchor;

    public TokenAnchorTests(SoftHsm softHsm)
    {
        _softHsm = softHsm;
        _token = softHsm.Open(_arena);
        _keys = new FenceKeys(_arena.Allocate(32), _arena.Allocate(32));
        _anchor = new TokenAnchor(_token, _vault, _keys);
    }

    private string Label => _anchor.Label;

    [Fact]
    public async Task Counts_and_keeps_its_record_for_whoever_opens_the_token_next()
    {
        Assert.Null(await _anchor.ReadAsync(default));
        await _anchor.CreateAsync(default);
        var made = (await _anchor.ReadAsync(default))!;
        await _anchor.CountAsync(made, Record(2), default);
        await WriteAsync(1);
        await CountAsync();

        using var again = _softHsm.Open(_arena);
        var read = (await new TokenAnchor(again, _vault, _keys).ReadAsync(default))!;

        Assert.Equal((made.Identity, made.Count + 2), (read.Identity, read.Count));
        Assert.True(read.Record.Span.SequenceEqual(Record(1)));
        Assert.Equal((0, 1), (made.Record.Length, await CountObjectsAsync()));
    }

    [Fact]
    public async Task Is_made_once_for_a_vault_and_another_vault_has_its_own()
    {
        await _anchor.CreateAsync(default);

        Assert.Equal(
            RollbackAnchorFault.Exists,
            (await Assert.ThrowsAsync<RollbackAnchorException>(() => _anchor.CreateAsync(default))).Fault
        );
        Assert.Null(await new TokenAnchor(_token, Guid.NewGuid(), _keys).ReadAsync(default));
    }

    [Fact]
    public async Task One_that_is_made_anew_is_another_one()
    {
        await _anchor.CreateAsync(default);
        var first = (await _anchor.ReadAsync(default))!.Identity;
        await DestroyAsync();

        await _anchor.CreateAsync(default);

        Assert.NotEqual(first, (await _anchor.ReadAsync(default))!.Identity);
    }

    [Fact]
    public async Task Of_two_objects_that_a_crash_left_the_later_one_counts_and_the_next_change_removes_both()
    {
        await _anchor.CreateAsync(default);
        await WriteAsync(1);
        var former = await ValueAsync();
        await WriteAsync(2);
        var count = (await _anchor.ReadAsync(default))!.Count;
        await PutAsync(former);
        Assert.Equal(2, await CountObjectsAsync());

        var read = (await _anchor.ReadAsync(default))!;
        Assert.Equal((count, (byte)2), (read.Count, read.Record.Span[0]));
        await CountAsync();
        Assert.Equal(1, await CountObjectsAsync());
        Assert.Equal(count + 1, (await _anchor.ReadAsync(default))!.Count);
    }

    [Fact]
    public async Task Two_objects_of_which_neither_replaced_the_other_are_doubt()
    {
        await _anchor.CreateAsync(default);
        await WriteAsync(1);
        var old = await ValueAsync();
        await WriteAsync(2);
        await WriteAsync(3);

        await PutAsync(old);

        Assert.Equal(
            RollbackAnchorFault.Contested,
            (await Assert.ThrowsAsync<RollbackAnchorException>(() => _anchor.ReadAsync(default))).Fault
        );
        Assert.Equal(RollbackAnchorFault.Contested, (await Assert.ThrowsAsync<RollbackAnchorException>(() => WriteAsync(4))).Fault);
    }

    [Fact]
    public async Task Where_neither_object_replaced_the_other_a_person_is_shown_doubt_and_has_it_made_anew()
    {
        await _anchor.CreateAsync(default);
        var first = (await _anchor.ReadAsync(default))!.Identity;
        await WriteAsync(1);
        var old = await ValueAsync();
        await WriteAsync(2);
        await WriteAsync(3);
        await PutAsync(old);
        var found = new ObservedState(
            Anchors.Of(_vault, 1),
            new LedgerStart(_vault, first, 5, 1),
            new HistoryEnd(1, default, default, null, null, null)
        );

        var evidence = await found.ShowAgainstAsync(_anchor, _keys, default);
        Assert.Equal(RollbackReason.AnchorContested, Assert.IsType<StartDecision.Refuse>(StartRules.Decide(evidence)).Refusal.Reason);
        await _anchor.DiscardAsync(default);

        Assert.Null(await _anchor.ReadAsync(default));
        await _anchor.CreateAsync(default);
        Assert.NotEqual(first, (await _anchor.ReadAsync(default))!.Identity);
        Assert.Equal(
            RollbackReason.AnchorReplaced,
            Assert.IsType<StartDecision.Refuse>(StartRules.Decide(await found.ShowAgainstAsync(_anchor, _keys, default))).Refusal.Reason
        );
    }

    [Fact]
    public async Task An_object_of_an_earlier_version_is_read_and_replaced()
    {
        byte[] content = [1, .. _vault.ToByteArray(bigEndian: true), .. Number(7), .. Number(5), .. Record(1)];
        await PutAsync([.. content, .. HMACSHA256.HashData(_keys.Anchor.Span, content)], $"remote-signer fence {_vault}");

        var read = (await _anchor.ReadAsync(default))!;
        Assert.Equal(
            (5UL, (byte)1, true),
            (read.Count, read.Record.Span[0], read.Identity.EndsWith(_vault.ToString(), StringComparison.Ordinal))
        );
        await WriteAsync(2);

        Assert.Equal(
            (read.Identity, (byte)2),
            ((await _anchor.ReadAsync(default))!.Identity, (await _anchor.ReadAsync(default))!.Record.Span[0])
        );
        Assert.Equal((1, (byte)2), (await CountObjectsAsync(), (await ValueAsync())[0]));
    }

    [Fact]
    public async Task One_under_the_longer_label_of_an_earlier_version_is_found_and_replaced_under_the_shorter_one()
    {
        await _anchor.CreateAsync(default);
        await WriteAsync(1);
        var value = await ValueAsync();
        await DestroyAsync();
        await PutAsync(value, $"remote-signer fence {_vault}");

        Assert.Equal(1, (await _anchor.ReadAsync(default))!.Record.Span[0]);
        await CountAsync();

        Assert.InRange(Encoding.UTF8.GetByteCount(Label), 1, 32);
        Assert.Equal(
            (1, 0),
            (
                await CountObjectsAsync(),
                await _token.RunOnceAsync(session => session.FindData($"remote-signer fence {_vault}").Count, default)
            )
        );
        Assert.Equal(2UL, (await _anchor.ReadAsync(default))!.Count);
        await _anchor.DiscardAsync(default);
        await PutAsync(value, $"remote-signer fence {_vault}");
        await _anchor.DiscardAsync(default);
        Assert.Null(await _anchor.ReadAsync(default));
    }

    [Fact]
    public void Of_another_root_key_or_vault_the_label_is_another_one()
    {
        using var later = new FenceKeys(_arena.Allocate(32), _arena.Allocate(32), 1);

        Assert.Equal(
            3,
            new[] { _anchor.Label, new TokenAnchor(_token, _vault, later).Label, new TokenAnchor(_token, Guid.NewGuid(), _keys).Label }
                .Distinct()
                .Count()
        );
    }

    [Fact]
    public async Task A_trial_leaves_nothing_behind()
    {
        var before = _softHsm.Objects;

        await TokenAnchor.ProveAsync(_token);

        Assert.Equal(before, _softHsm.Objects);
    }

    [Fact]
    public async Task Is_not_made_in_a_token_that_keeps_no_data_objects()
    {
        var before = _softHsm.Objects;
        using var token = _softHsm.Open(
            _arena,
            profile: HsmProfile.Get("softhsm2") with
            {
                DataObjects = HsmProfile.Get("nethsm").DataObjects,
            }
        );

        Assert.Contains(
            "keeps no data objects",
            (await Assert.ThrowsAsync<RollbackAnchorException>(() => new TokenAnchor(token, _vault, _keys).CreateAsync(default))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(before, _softHsm.Objects);
    }

    [Fact]
    public async Task What_was_seen_before_another_change_is_not_replaced()
    {
        await _anchor.CreateAsync(default);
        var seen = (await _anchor.ReadAsync(default))!;
        await WriteAsync(1);

        Assert.Equal(
            RollbackAnchorFault.Contested,
            (await Assert.ThrowsAsync<RollbackAnchorException>(() => _anchor.WriteRecordAsync(seen, Record(2), default))).Fault
        );
        Assert.Equal(
            RollbackAnchorFault.Contested,
            (await Assert.ThrowsAsync<RollbackAnchorException>(() => _anchor.CountAsync(seen, Record(2), default))).Fault
        );
        Assert.Equal(1, (await _anchor.ReadAsync(default))!.Record.Span[0]);
    }

    /// <summary>The two sessions race for real; which of them comes through, or whether both give way, is left to the token.</summary>
    [Fact]
    public async Task Of_two_that_change_it_at_the_same_moment_one_at_most_comes_through()
    {
        using var otherToken = _softHsm.Open(_arena);
        TokenAnchor[] both = [_anchor, new(otherToken, _vault, _keys)];
        await _anchor.CreateAsync(default);
        var through = 0;
        for (byte round = 0; round < 60; round++)
        {
            var from = (await _anchor.ReadAsync(default))!;
            var made = await Task.WhenAll(
                both.Select((one, i) => Task.Run(() => TryAsync(() => one.CountAsync(from, Record((byte)(2 * round + i)), default))))
            );

            var read = (await both[round % 2].ReadAsync(default))!;
            Assert.InRange(made.Count(one => one), 0, 1);
            var expected =
                made[0] ? 2 * round
                : made[1] ? (2 * round) + 1
                : -1;

            // Whoever was told that it failed does not know whether it was made: a token that fails under two at once may leave what it
            // took.
            byte[][] possible =
                expected < 0
                    ? [from.Record.ToArray(), Record((byte)(2 * round)), Record((byte)((2 * round) + 1))]
                    : [Record((byte)expected)];
            var shown = Array.FindIndex(possible, record => read.Record.Span.SequenceEqual(record));
            Assert.InRange(shown, 0, possible.Length - 1);
            Assert.Equal(expected < 0 && shown == 0 ? from.Count : from.Count + 1, read.Count);
            through += expected < 0 ? 0 : 1;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{through} of 60 came through");
        Assert.InRange(through, 1, 60);
    }

    [Fact]
    public async Task Two_signers_that_start_at_once_from_copies_of_one_data_directory_never_serve_both()
    {
        using var otherToken = _softHsm.Open(_arena);
        await using var directory = await SharedDirectory.CreateAsync(made => new TokenAnchor(_token, made.VaultId, made.Keys), _vault);
        IRollbackAnchor[] anchors = [new TokenAnchor(_token, _vault, directory.Keys), new TokenAnchor(otherToken, _vault, directory.Keys)];
        var files = new[] { directory.Ledger, directory.Ledger };
        var served = 0;
        for (ulong round = 0; round < 20; round++)
        {
            var (source, target) = (SharedDirectory.Fence + (20 * round), SharedDirectory.Fence + (20 * round) + 1);
            SharedDirectory.SharedRun[] runs =
            [
                await directory.OpenAsync(directory.Copy(files[0]), anchors[0]),
                await directory.OpenAsync(directory.Copy(files[1]), anchors[1]),
            ];
            var decisions = await Task.WhenAll(runs.Select(run => Task.Run(run.StartAsync)));
            var votes = await Task.WhenAll(runs.Select((run, i) => Task.Run(() => run.VoteAsync(source, target, i + 1))));

            Assert.InRange(votes.Count(vote => vote), 0, 1);
            served += votes.Count(vote => vote);
            foreach (var run in runs.Where(run => run.Fence.State.Closed is null))
            {
                await run.StopAsync();
            }

            await Task.WhenAll(runs.Select(run => run.DisposeAsync().AsTask()));
            files = [.. files.Select(_ => runs[votes[1] ? 1 : 0].File)];
        }

        Assert.InRange(served, 1, 20);
    }

    [Fact]
    public async Task A_token_in_files_says_so()
    {
        await _anchor.CreateAsync(default);

        Assert.Contains("SoftHSM", await _anchor.FindRollbackAsync(default), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_somebody_else_wrote_or_changed_is_told_apart()
    {
        await _anchor.CreateAsync(default);
        await WriteAsync(1);
        var value = await ValueAsync();
        value[25] ^= 1;
        await PutAsync(value);

        Assert.Equal(
            RollbackAnchorFault.Foreign,
            (await Assert.ThrowsAsync<RollbackAnchorException>(() => _anchor.ReadAsync(default))).Fault
        );
        Assert.Equal(RollbackAnchorFault.Foreign, (await Assert.ThrowsAsync<RollbackAnchorException>(() => CountAsync())).Fault);
    }

    [Fact]
    public async Task The_object_is_private()
    {
        await _anchor.CreateAsync(default);

        Assert.Equal(
            [1],
            await _token.RunOnceAsync(session => session.ReadAttribute(Assert.Single(session.FindData(Label)), CKA.CKA_PRIVATE), default)
        );
    }

    [Fact]
    public async Task A_token_that_is_not_there_is_unreachable_and_not_a_missing_anchor()
    {
        using var absent = _softHsm.Open(
            _arena,
            label: "absent",
            timeouts: new TokenTimeouts { Retries = 1, Pause = TimeSpan.FromMilliseconds(1) }
        );

        var fault = await Assert.ThrowsAsync<RollbackAnchorException>(() => new TokenAnchor(absent, _vault, _keys).ReadAsync(default));

        Assert.True(fault.MayPass);
    }

    [Fact]
    public async Task A_change_without_an_anchor_makes_none()
    {
        Assert.Equal(RollbackAnchorFault.Missing, (await Assert.ThrowsAsync<RollbackAnchorException>(() => WriteAsync(1))).Fault);
        Assert.Equal(0, await CountObjectsAsync());
    }

    public void Dispose()
    {
        _keys.Dispose();
        _token.Dispose();
        _arena.Dispose();
    }

    private static byte[] Number(ulong value) => [.. BitConverter.GetBytes(value).Reverse()];

    private static async Task<bool> TryAsync(Func<Task> change)
    {
        try
        {
            await change();
            return true;
        }
        catch (RollbackAnchorException notMade)
            when (notMade.MayPass || notMade.Fault is RollbackAnchorFault.Missing or RollbackAnchorFault.Refused)
        {
            // SoftHSM, whose object another process has just taken away, calls a new one inconsistent.
            return false;
        }
    }

    private static RollbackAnchorReading Nothing => new("token nowhere", 0, default);

    private async Task WriteAsync(byte fill) =>
        await _anchor.WriteRecordAsync(await _anchor.ReadAsync(default) ?? Nothing, Record(fill), default);

    private async Task CountAsync()
    {
        var from = await _anchor.ReadAsync(default) ?? Nothing;
        await _anchor.CountAsync(from, from.Record, default);
    }

    private static byte[] Record(byte fill) => [.. Enumerable.Repeat(fill, FenceRecord.Length)];

    private Task<int> CountObjectsAsync() => _token.RunOnceAsync(session => session.FindData(Label).Count, default);

    private Task<bool> DestroyAsync() =>
        _token.RunOnceAsync(login => WithSession(login, session => session.FindData(Label).ForEach(session.Destroy)), default);

    private Task<byte[]> ValueAsync() =>
        _token.RunOnceAsync(session => session.ReadAttribute(Assert.Single(session.FindData(Label)), CKA.CKA_VALUE), default);

    private Task<bool> PutAsync(byte[] value, string? label = null) =>
        _token.RunOnceAsync(
            login =>
                WithSession(login, session =>
                    session.CreateObject(
                        new Template()
                            .With(CKA.CKA_CLASS, (ulong)CKO.CKO_DATA)
                            .With(CKA.CKA_TOKEN, true)
                            .With(CKA.CKA_PRIVATE, true)
                            .With(CKA.CKA_LABEL, label ?? Label)
                            .With(CKA.CKA_VALUE, value)
                    )
                ),
            default
        );

    private static bool WithSession(Pkcs11Session login, Action<Pkcs11Session> work)
    {
        using var session = login.OpenReadWrite();
        work(session);
        return true;
    }
}
