using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

/// <summary>A TPM that is killed, hangs, is restarted, is locked out or asks to be tried again: each says so in its own way.</summary>
public sealed class TpmFaultTests : TpmTest
{
    private const uint CounterHandle = 0x01800500;

    [Fact]
    public async Task A_TPM_that_is_not_there_is_unreachable()
    {
        await Software.KillAsync();

        Assert.Equal(TpmTransportFault.Unreachable, Assert.Throws<TpmTransportException>(() => Open()).Fault);
        Assert.Equal(
            TpmTransportFault.Unreachable,
            Assert.Throws<TpmTransportException>(() => Tpm.Open(TpmAddress.Parse("device:/dev/no-such-tpm"))).Fault
        );
    }

    [Fact]
    public async Task A_TPM_that_hangs_times_out_and_its_late_answer_is_never_read()
    {
        using var tpm = Open(Brief);
        var random = new byte[8];
        await Software.PauseAsync();
        var watch = Stopwatch.StartNew();

        Assert.Equal(TpmTransportFault.TimedOut, Assert.Throws<TpmTransportException>(() => tpm.GetRandom(random)).Fault);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(5));

        await Software.ResumeAsync();
        Assert.Equal(TpmTransportFault.Closed, Assert.Throws<TpmTransportException>(() => tpm.GetRandom(random)).Fault);
        using var again = Open();
        again.GetRandom(random);
        Assert.NotEqual(new byte[8], random);
    }

    [Fact]
    public void A_second_client_is_told_that_the_TPM_may_serve_another_one()
    {
        using var first = Open();

        var refused = Assert.Throws<TpmTransportException>(() => Open(Brief));

        Assert.Contains("serves another client", refused.Message);
    }

    [Fact]
    public async Task A_TPM_that_is_killed_in_the_middle_of_a_command_closes_the_connection()
    {
        using var tpm = Open();
        await Software.PauseAsync();
        var command = Task.Run(() => Assert.Throws<TpmTransportException>(() => tpm.GetRandom(new byte[8])));
        await Task.Delay(100);
        await Software.KillAsync();

        Assert.Equal(TpmTransportFault.Closed, (await command).Fault);
    }

    [Fact]
    public async Task A_restarted_TPM_has_forgotten_sessions_and_objects()
    {
        TpmSession session;
        TpmObject key;
        using (var tpm = Open())
        {
            session = tpm.StartHmacSession(PinnedRoot(tpm));
            key = tpm.CreatePrimary(TpmEntity.Owner, TpmPassword.Empty, TpmTemplates.StorageRootKey);
        }

        await Software.RestartAsync();
        using var again = Open();

        Assert.Equal(TpmRc.REFERENCE_S0, Refused(() => again.GetRandom(new byte[8], session)));
        Assert.Equal(TpmRc.REFERENCE_H0, Refused(() => again.Quote(key, TpmPassword.Empty, [], TpmlPcrSelection.Sha256(7))));
        session.Dispose();
        key.Dispose();
    }

    [Fact]
    public void What_a_killed_client_left_loaded_is_flushed_at_the_next_connection()
    {
        using (var tpm = Open())
        {
            _ = tpm.CreatePrimary(TpmEntity.Owner, TpmPassword.Empty, TpmTemplates.StorageRootKey);
            _ = tpm.StartTrialSession();
        }

        using var again = Open();

        Assert.Empty(again.GetHandles(Tpm.TransientObjects));
        Assert.Empty(again.GetHandles(Tpm.LoadedSessions));
    }

    [Fact]
    [Trait("Speed", "slow")]
    public void A_TPM_that_is_full_says_so()
    {
        using var tpm = Open();

        Assert.Equal(
            TpmRc.OBJECT_MEMORY,
            Refused(() =>
            {
                for (var count = 0; count < 10; count++)
                {
                    _ = tpm.CreatePrimary(TpmEntity.Owner, TpmPassword.Empty, TpmTemplates.AttestationKey);
                }
            })
        );
    }

    [Fact]
    public async Task A_locked_out_TPM_says_so_even_to_the_right_value_and_can_be_released()
    {
        using var tpm = Open();
        var root = PinnedRoot(tpm);
        tpm.DictionaryAttackParameters(TpmPassword.Empty, maxTries: 2, TimeSpan.FromSeconds(1000), TimeSpan.FromSeconds(1000));
        using var creating = tpm.StartHmacSession(root);
        var item = tpm.Create(root, creating, KeyedHashPublic.SealedUnderAuthValue(noDA: false), "1234"u8, new byte[32]);
        using var loaded = tpm.Load(root, creating, item);
        using var wrong = new TpmPassword("0000"u8);
        using var right = new TpmPassword("1234"u8);

        Assert.Equal(TpmRc.AUTH_FAIL, Refused(() => tpm.Unseal(loaded, wrong, new byte[32])));
        Assert.Equal(TpmRc.AUTH_FAIL, Refused(() => tpm.Unseal(loaded, wrong, new byte[32])));
        Assert.Equal(TpmRc.LOCKOUT, Refused(() => tpm.Unseal(loaded, right, new byte[32])));

        tpm.DictionaryAttackLockReset(TpmPassword.Empty);
        Assert.Equal(32, tpm.Unseal(loaded, right, new byte[32]));
        tpm.Shutdown();
        await Software.RestartAsync();
    }

    [Fact]
    public async Task A_wrong_owner_authorization_is_refused()
    {
        (await Software.ToolAsync("changeauth", "-c", "owner", "owner-secret")).Succeeded();
        using var tpm = Open();
        using var right = new TpmPassword("owner-secret"u8);

        Assert.Equal(TpmRc.BAD_AUTH, Refused(() => tpm.ProvisionStorageRootKey(TpmPassword.Empty)));
        using var key = tpm.ProvisionStorageRootKey(right);
        Assert.Equal(Tpm.StorageRootKeyHandle, key.Handle);
    }

    /// <summary>
    /// Answers without a session that would be asked for again and again: one PCR for another, a list of handles that goes round.
    /// </summary>
    [Fact]
    public void Answers_that_would_never_end_are_refused()
    {
        using var bus = new TamperingTransport(TpmAddress.Parse(Software.Address).Connect());
        using var tpm = Tpm.Open(bus);
        using var root = tpm.ProvisionStorageRootKey(TpmPassword.Empty);
        bus.ChangeResponse = response => response[21] = 0x40;
        Assert.Equal(
            TpmIntegrityFault.Malformed,
            Assert.Throws<TpmIntegrityException>(() => tpm.PcrRead(TpmlPcrSelection.Sha256(7))).Fault
        );

        bus.ChangeResponse = response => (response[10], response[22]) = (1, 0);
        Assert.Equal(TpmIntegrityFault.Malformed, Assert.Throws<TpmIntegrityException>(() => tpm.GetHandles(Tpm.PersistentObjects)).Fault);
        bus.ChangeResponse = null;
        Assert.Equal([Tpm.StorageRootKeyHandle], tpm.GetHandles(Tpm.PersistentObjects));
    }

    [Fact]
    public void A_busy_TPM_is_asked_again()
    {
        using var bus = new TamperingTransport(TpmAddress.Parse(Software.Address).Connect());
        using var tpm = Tpm.Open(bus);
        var before = tpm.CommandsSent;
        foreach (var code in (uint[])[0x922, 0x908, 0x90A])
        {
            bus.Answers.Enqueue(code);
        }

        tpm.GetRandom(new byte[8]);

        Assert.Equal(4, tpm.CommandsSent - before);
    }

    /// <summary>By a clock that only the pauses move: thirty pauses of a second, and then the refusal itself.</summary>
    [Fact]
    public void A_TPM_that_spares_its_memory_is_waited_for_but_not_for_ever()
    {
        var time = new FakeTimeProvider();
        using var bus = new TamperingTransport(TpmAddress.Parse(Software.Address).Connect());
        using var tpm = Tpm.Open(bus, new TpmTimeouts { Time = new SkippingClock(time) });
        var counter = tpm.NvDefineSpace(TpmPassword.Empty, TpmsNvPublic.Counter(CounterHandle), []);
        bus.Answers.Enqueue(0x920);
        tpm.NvIncrement(counter, TpmPassword.Empty);
        for (var round = 0; round < 100; round++)
        {
            bus.Answers.Enqueue(0x920);
        }

        Assert.Equal(TpmRc.NV_RATE, Refused(() => tpm.NvIncrement(counter.AsWritten(), TpmPassword.Empty)));
        Assert.InRange(bus.Answers.Count, 60, 75);
    }

    /// <summary>A counter whose increment is cut off is one ahead of the last answer, or not; it never loses one.</summary>
    [Fact]
    public async Task A_power_cut_during_increments_loses_none()
    {
        ulong acknowledged = 0;
        using (var tpm = Open())
        {
            var counter = tpm.NvDefineSpace(TpmPassword.Empty, TpmsNvPublic.Counter(CounterHandle), []);
            tpm.NvIncrement(counter, TpmPassword.Empty);
            acknowledged = tpm.NvReadCounter(counter.AsWritten(), TpmPassword.Empty);
        }

        for (var round = 0; round < 10; round++)
        {
            var counting = Task.Run(() => CountUntilTheEnd(acknowledged));
            await Task.Delay(20 + 3 * round);
            await Software.RestartAsync();
            acknowledged = await counting;
            using var tpm = Open();
            var value = tpm.NvReadCounter(tpm.NvReadPublic(CounterHandle), TpmPassword.Empty);
            Assert.InRange(value, acknowledged, acknowledged + 1);
            acknowledged = value;
        }
    }

    private ulong CountUntilTheEnd(ulong acknowledged)
    {
        try
        {
            using var tpm = Open();
            for (var counter = tpm.NvReadPublic(CounterHandle); ; acknowledged++)
            {
                tpm.NvIncrement(counter, TpmPassword.Empty);
            }
        }
        catch (TpmTransportException)
        {
            return acknowledged;
        }
    }

    /// <summary>Lets every timer come due at once, and the clock with it.</summary>
    private sealed class SkippingClock(FakeTimeProvider time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = time.CreateTimer(callback, state, dueTime, period);
            time.Advance(dueTime);
            return timer;
        }
    }
}
