using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using RemoteSigner.Access;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Running;
using RemoteSigner.Signing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Signing;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Http;

/// <summary>
/// Places are held by what waits for the signer, for as long as it does, and by nothing else; and nobody waits longer than a duty is worth.
/// </summary>
public sealed class WaitingTests : IAsyncLifetime
{
    private const int Most = 8;

    private readonly FakeTimeProvider _time = new();
    private readonly SigningPlaces _places = new(Most, forProposals: 0, share: 1);
    private SigningScene _scene = null!;
    private SignRecorder _recorder = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await SigningScene.CreateAsync();
        _recorder = new SignRecorder(
            new SigningWait(_scene.Signer, _places, _time),
            _scene.Access,
            _scene.Rooms.Audit,
            new SignerMetrics(Metrics.NewCustomRegistry()),
            new DutyTally(_scene.Access, new WrittenLog<DutyTally>()),
            _time,
            NullLogger<SignRecorder>.Instance
        );
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Whoever_does_not_read_his_answer_keeps_no_place_from_those_that_wait_for_the_signer()
    {
        var share = await _scene.AddAsync();
        using var batches = new BatchSigning(_recorder, _time);
        var body = new UnreadBody();
        var context = new DefaultHttpContext { Response = { Body = body } };
        context.Features.Set(new Client("vc", null));

        var signing = batches.SignAsync(
            context,
            [.. Enumerable.Repeat(share.PublicKey, Most)],
            _ => SigningScene.Order(share.PublicKey, Vote(4)),
            (_, _, _) => { }
        );
        await body.IsWritten;

        Assert.False(signing.IsCompleted);
        Assert.True(await IsFreeAsync());
        body.Read();
        await signing;
    }

    [Fact]
    public async Task One_that_waits_too_long_is_told_so_and_its_place_is_free_once_the_disk_is_back()
    {
        var share = await _scene.AddAsync();
        using var disk = new ManualResetEventSlim();
        var stalled = _scene.Rooms.Ledger.WriteAsync(_ => disk.Wait(TimeSpan.FromMinutes(1)));
        var outcomes = new List<SignOutcome>();

        var one = _recorder.SignAsync(new DefaultHttpContext(), SigningScene.Order(share.PublicKey, Vote(4)), (_, outcome) => Add(outcome));
        _time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.False(one.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await one;
        Assert.Equal(503, SignRefusal.Of(Assert.IsType<SignOutcome.Busy>(Assert.Single(outcomes))).Status);
        Assert.False(_places.TryTake("other", Most, isProposal: false));

        // As many in one request have more time, and then each is told.
        var many = _recorder.SignAllAsync(
            [SigningScene.Order(share.PublicKey, Vote(5)), SigningScene.Order(share.PublicKey, Vote(6))],
            all => Add([.. all])
        );
        _time.Advance(TimeSpan.FromSeconds(11.9));
        Assert.False(many.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await many;
        Assert.All(outcomes, outcome => Assert.IsType<SignOutcome.Busy>(outcome));
        Assert.Equal(3, outcomes.Count);

        disk.Set();
        Assert.True(await stalled);
        Assert.True(await IsFreeAsync());

        // It is on record: the same is granted again.
        outcomes.Clear();
        await _recorder.SignAsync(new DefaultHttpContext(), SigningScene.Order(share.PublicKey, Vote(4)), (_, outcome) => Add(outcome));
        Assert.IsType<SignOutcome.Signed>(Assert.Single(outcomes));

        Task Add(params SignOutcome[] ended)
        {
            outcomes.AddRange(ended);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Where_there_is_no_place_a_batch_is_refused_as_a_whole()
    {
        var share = await _scene.AddAsync();
        using var batches = new BatchSigning(_recorder, _time);
        var context = new DefaultHttpContext();
        context.Features.Set(new Client("vc", null));
        Assert.True(_places.TryTake("other", 1, isProposal: false));

        await batches.SignAsync(
            context,
            [.. Enumerable.Repeat(share.PublicKey, Most)],
            _ => SigningScene.Order(share.PublicKey, Vote(4)),
            (_, _, _) => { }
        );

        Assert.Equal(503, context.Response.StatusCode);
        Assert.Equal("1", context.Response.Headers.RetryAfter);
    }

    private static Attestation Vote(ulong target, int fill = 1) =>
        new(
            new AttestationData(
                new Slot(target * 8),
                0,
                Duties.Root(fill),
                new Checkpoint(new Epoch(target - 1), default),
                new Checkpoint(new Epoch(target), default)
            ),
            new ForkInfo(default, default, default, Duties.Root(7))
        );

    // Whatever was recorded late gives its place back when it has ended.
    private async Task<bool> IsFreeAsync()
    {
        for (var look = 0; look < 1000; look++)
        {
            if (_places.TryTake("other", Most, isProposal: false))
            {
                _places.GiveBack("other", Most);
                return true;
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        return false;
    }

    /// <summary>The body of an answer that nobody takes until he is told to.</summary>
    private sealed class UnreadBody : MemoryStream
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsWritten => _written.Task;

        public void Read() => _read.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.TrySetResult();
            await _read.Task;
        }
    }
}
