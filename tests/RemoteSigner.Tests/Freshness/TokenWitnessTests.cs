using Net.Pkcs11Interop.Common;
using RemoteSigner.Freshness;
using RemoteSigner.Native;
using RemoteSigner.Sealing.Pkcs11;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Freshness;

/// <summary>The witness in a real token.</summary>
[Collection(SoftHsmCollection.Name)]
public sealed class TokenWitnessTests : IDisposable
{
    private readonly SecretArena _arena = new();
    private readonly SoftHsm _softHsm;
    private readonly Pkcs11Token _token;
    private readonly Guid _vault = Guid.NewGuid();
    private readonly FenceKeys _keys;
    private readonly TokenWitness _witness;

    public TokenWitnessTests(SoftHsm softHsm)
    {
        _softHsm = softHsm;
        _token = softHsm.Open(_arena);
        _keys = new FenceKeys(_arena.Allocate(32), _arena.Allocate(32));
        _witness = new TokenWitness(_token, _vault, _keys);
    }

    private string Label => $"remote-signer fence {_vault}";

    [Fact]
    public async Task Counts_and_keeps_its_record_for_whoever_opens_the_token_next()
    {
        Assert.Null(await _witness.ReadAsync(default));
        await _witness.CreateAsync(default);
        var made = (await _witness.ReadAsync(default))!;
        await _witness.IncrementAsync(default);
        await _witness.WriteRecordAsync(Record(1), default);
        await _witness.IncrementAsync(default);

        using var again = _softHsm.Open(_arena);
        var read = (await new TokenWitness(again, _vault, _keys).ReadAsync(default))!;

        Assert.Equal((made.Identity, made.Count + 2), (read.Identity, read.Count));
        Assert.True(read.Record.Span.SequenceEqual(Record(1)));
        Assert.Equal((0, 1), (made.Record.Length, await CountObjectsAsync()));
    }

    [Fact]
    public async Task Is_made_once_for_a_vault_and_another_vault_has_its_own()
    {
        await _witness.CreateAsync(default);

        Assert.Equal(WitnessFault.Exists, (await Assert.ThrowsAsync<WitnessException>(() => _witness.CreateAsync(default))).Fault);
        Assert.Null(await new TokenWitness(_token, Guid.NewGuid(), _keys).ReadAsync(default));
    }

    [Fact]
    public async Task One_that_is_made_anew_is_another_one()
    {
        await _witness.CreateAsync(default);
        var first = (await _witness.ReadAsync(default))!.Identity;
        await DestroyAsync();

        await _witness.CreateAsync(default);

        Assert.NotEqual(first, (await _witness.ReadAsync(default))!.Identity);
    }

    [Fact]
    public async Task Of_two_objects_that_a_crash_left_the_later_one_counts_and_the_next_change_removes_both()
    {
        await _witness.CreateAsync(default);
        await _witness.WriteRecordAsync(Record(1), default);
        var former = await ValueAsync();
        await _witness.IncrementAsync(default);
        await _witness.WriteRecordAsync(Record(2), default);
        var count = (await _witness.ReadAsync(default))!.Count;
        await PutAsync(former);
        Assert.Equal(2, await CountObjectsAsync());

        var read = (await _witness.ReadAsync(default))!;
        Assert.Equal((count, (byte)2), (read.Count, read.Record.Span[0]));
        await _witness.IncrementAsync(default);
        Assert.Equal(1, await CountObjectsAsync());
        Assert.Equal(count + 1, (await _witness.ReadAsync(default))!.Count);
    }

    [Fact]
    public async Task A_write_that_lands_behind_the_next_start_does_not_take_its_count_back()
    {
        await _witness.CreateAsync(default);
        await _witness.WriteRecordAsync(Record(1), default);
        var before = await ValueAsync();
        await _witness.WriteRecordAsync(Record(9), default);
        var late = await ValueAsync();
        await DestroyAsync();
        await PutAsync(before);
        await _witness.IncrementAsync(default);
        var count = (await _witness.ReadAsync(default))!.Count;

        await PutAsync(late);

        Assert.Equal(count, (await _witness.ReadAsync(default))!.Count);
    }

    [Fact]
    public async Task An_object_that_somebody_else_wrote_or_changed_is_told_apart()
    {
        await _witness.CreateAsync(default);
        await _witness.WriteRecordAsync(Record(1), default);
        var value = await ValueAsync();
        value[25] ^= 1;
        await PutAsync(value);

        Assert.Equal(WitnessFault.Tampered, (await Assert.ThrowsAsync<WitnessException>(() => _witness.ReadAsync(default))).Fault);
        Assert.Equal(WitnessFault.Tampered, (await Assert.ThrowsAsync<WitnessException>(() => _witness.IncrementAsync(default))).Fault);
    }

    [Fact]
    public async Task The_object_is_private()
    {
        await _witness.CreateAsync(default);

        Assert.Equal([1], await _token.RunOnceAsync(session => session.ReadAttribute(Assert.Single(session.FindData(Label)), CKA.CKA_PRIVATE), default));
    }

    [Fact]
    public async Task A_token_that_is_not_there_is_unreachable_and_not_a_missing_witness()
    {
        using var absent = _softHsm.Open(_arena, label: "absent", patience: new TokenPatience { Retries = 1, Pause = TimeSpan.FromMilliseconds(1) });

        var fault = await Assert.ThrowsAsync<WitnessException>(() => new TokenWitness(absent, _vault, _keys).ReadAsync(default));

        Assert.True(fault.MayPass);
    }

    [Fact]
    public async Task A_change_without_a_witness_makes_none()
    {
        Assert.Equal(WitnessFault.Missing, (await Assert.ThrowsAsync<WitnessException>(() => _witness.WriteRecordAsync(Record(1), default))).Fault);
        Assert.Equal(0, await CountObjectsAsync());
    }

    public void Dispose()
    {
        _keys.Dispose();
        _token.Dispose();
        _arena.Dispose();
    }

    private static byte[] Record(byte fill) => [.. Enumerable.Repeat(fill, FenceRecord.Length)];

    private Task<int> CountObjectsAsync() => _token.RunOnceAsync(session => session.FindData(Label).Count, default);

    private Task<bool> DestroyAsync() => _token.RunOnceAsync(login => WithSession(login, session => session.FindData(Label).ForEach(session.Destroy)), default);

    private Task<byte[]> ValueAsync() => _token.RunOnceAsync(session => session.ReadAttribute(Assert.Single(session.FindData(Label)), CKA.CKA_VALUE), default);

    private Task<bool> PutAsync(byte[] value) => _token.RunOnceAsync(
        login => WithSession(login, session => session.CreateObject(new Template()
            .With(CKA.CKA_CLASS, (ulong)CKO.CKO_DATA).With(CKA.CKA_TOKEN, true).With(CKA.CKA_PRIVATE, true).With(CKA.CKA_LABEL, Label).With(CKA.CKA_VALUE, value))),
        default);

    private static bool WithSession(Pkcs11Session login, Action<Pkcs11Session> work)
    {
        using var session = login.OpenReadWrite();
        work(session);
        return true;
    }
}
