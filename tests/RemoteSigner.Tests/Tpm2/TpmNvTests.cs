using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

public sealed class TpmNvTests : TpmTest
{
    private const uint CounterHandle = 0x01800100,
        RecordHandle = 0x01800101;
    private readonly byte[] _authValue = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void A_counter_counts_and_its_name_is_known_beforehand()
    {
        using var tpm = Open();
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        var counter = Counter(tpm, session);

        var first = tpm.NvReadCounter(counter, session);
        tpm.NvIncrement(counter, session);

        Assert.Equal(first + 1, tpm.NvReadCounter(counter, session));
        Assert.Equal(counter.Name, tpm.NvReadPublic(CounterHandle).Name);
    }

    [Fact]
    public void A_counter_that_was_never_incremented_has_no_value()
    {
        using var tpm = Open();
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        var counter = tpm.NvDefineSpace(session, TpmsNvPublic.Counter(CounterHandle), _authValue);
        session.SetAuthValue(_authValue);

        Assert.Equal(TpmRc.NV_UNINITIALIZED, Refused(() => tpm.NvReadCounter(counter, session)));
    }

    [Fact]
    public void A_counter_that_is_defined_anew_goes_on_from_where_it_was()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        using var session = tpm.StartHmacSession(root);
        var counter = Counter(tpm, session);
        tpm.NvIncrement(counter, session);
        var last = tpm.NvReadCounter(counter, session);

        tpm.NvUndefineSpace(TpmPassword.Empty, counter);
        using var other = tpm.StartHmacSession(root);

        Assert.True(tpm.NvReadCounter(Counter(tpm, other), other) > last);
    }

    [Fact]
    public async Task A_record_is_read_back_after_a_power_cut()
    {
        var record = RandomNumberGenerator.GetBytes(300);
        NvIndex index;
        using (var tpm = Open())
        {
            using var session = tpm.StartHmacSession(PinnedRoot(tpm));
            index = Record(tpm, session, record.Length);
            tpm.NvWrite(index, session, record);
        }

        await Software.RestartAsync();

        using var again = Open();
        using var reading = again.StartHmacSession(PinnedRoot(again));
        reading.SetAuthValue(_authValue);
        var read = new byte[300];
        again.NvRead(again.NvReadPublic(RecordHandle).Pinned(index.AsWritten().Name), reading, read);
        Assert.Equal(record, read);
    }

    [Fact]
    public void More_than_the_TPMs_buffer_goes_in_pieces()
    {
        using var tpm = Open();
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        var data = RandomNumberGenerator.GetBytes(1500);
        var index = tpm.NvDefineSpace(
            session,
            new TpmsNvPublic(RecordHandle, TpmsNvPublic.Ordinary(RecordHandle, 1).Attributes & ~TpmaNv.WriteAll, [], data.Length),
            _authValue
        );
        session.SetAuthValue(_authValue);

        tpm.NvWrite(index, session, data);

        var read = new byte[1400];
        tpm.NvRead(index.AsWritten(), session, read, offset: 100);
        Assert.Equal(data[100..], read);
    }

    [Fact]
    public void A_record_is_written_whole_or_not_at_all()
    {
        using var tpm = Open();
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        var index = Record(tpm, session, 64);

        Assert.Equal(TpmRc.NV_RANGE, Refused(() => tpm.NvWrite(index, session, new byte[63])));
        Assert.Equal(TpmRc.NV_RANGE, Refused(() => tpm.NvWrite(index, session, new byte[65])));
    }

    [Fact]
    public void Refuses_a_wrong_authorization_value_without_counting_it()
    {
        using var tpm = Open();
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        var counter = Counter(tpm, session);
        session.SetAuthValue(new byte[] { 1 });

        Assert.Equal(TpmRc.BAD_AUTH, Refused(() => tpm.NvIncrement(counter, session)));
        Assert.Equal(0u, tpm.FindProperty(TpmPt.LOCKOUT_COUNTER));
    }

    /// <summary>
    /// The session's HMAC covers the Name that was pinned: an index of the same handle with other attributes does not pass for it.
    /// </summary>
    [Fact]
    public void Refuses_an_index_that_is_not_the_pinned_one()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        using var session = tpm.StartHmacSession(root);
        var pinned = Counter(tpm, session);
        tpm.NvUndefineSpace(TpmPassword.Empty, pinned);
        using var other = tpm.StartHmacSession(root);
        var weaker = new TpmsNvPublic(CounterHandle, pinned.Public.Attributes & ~(TpmaNv.Written | TpmaNv.OwnerRead), [], 8);
        var impostor = tpm.NvDefineSpace(other, weaker, _authValue);
        other.SetAuthValue(_authValue);
        tpm.NvIncrement(impostor, other);

        Assert.Equal(TpmRc.BAD_AUTH, Refused(() => tpm.NvReadCounter(pinned, other)));
        Assert.Equal(
            TpmIntegrityFault.Name,
            Assert.Throws<TpmIntegrityException>(() => tpm.NvReadPublic(CounterHandle).Pinned(pinned.Name)).Fault
        );
    }

    [Fact]
    public void Says_which_index_is_there_already_and_which_is_not()
    {
        using var tpm = Open();
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        Counter(tpm, session);
        using var owner = tpm.StartHmacSession(PinnedRoot(tpm));

        Assert.Equal(TpmRc.NV_DEFINED, Refused(() => tpm.NvDefineSpace(owner, TpmsNvPublic.Counter(CounterHandle), _authValue)));
        Assert.Equal(TpmRc.HANDLE, Refused(() => tpm.NvReadPublic(RecordHandle)));
    }

    [Fact]
    public void Says_that_the_NV_memory_is_full()
    {
        using var tpm = Open();
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));

        Assert.Equal(
            TpmRc.NV_SPACE,
            Refused(() =>
            {
                for (var handle = RecordHandle; ; handle++)
                {
                    tpm.NvDefineSpace(session, TpmsNvPublic.Ordinary(handle, 1024), []);
                }
            })
        );
    }

    /// <summary>A counter with our authorization value, incremented once; the session proves the value from then on.</summary>
    private NvIndex Counter(Tpm tpm, TpmSession session)
    {
        var counter = tpm.NvDefineSpace(session, TpmsNvPublic.Counter(CounterHandle), _authValue);
        session.SetAuthValue(_authValue);
        tpm.NvIncrement(counter, session);
        return counter.AsWritten();
    }

    private NvIndex Record(Tpm tpm, TpmSession session, int size)
    {
        var index = tpm.NvDefineSpace(session, TpmsNvPublic.Ordinary(RecordHandle, size), _authValue);
        session.SetAuthValue(_authValue);
        return index;
    }
}
