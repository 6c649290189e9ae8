using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>Which answers of an anchor are evidence, and which are faults.</summary>
public sealed class ObservedStateTests : IAsyncLifetime
{
    private FenceSuccessionScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await FenceSuccessionScene.StoppedAsync(objects: false);

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task What_two_wrote_at_once_is_evidence_with_the_bounds_of_both()
    {
        Answer(
            RollbackAnchorFault.Contested,
            Record(20, _scene.Found.VaultId),
            Record(30, _scene.Found.VaultId),
            Record(50, Guid.NewGuid()),
            new byte[FenceRecord.Length]
        );

        var evidence = await ShowAsync();

        Assert.Equal(("the answer", SignedBounds.Before(new Epoch(30))), (evidence.Contest, evidence.ContestBounds!.Value));
    }

    [Fact]
    public async Task One_record_of_this_vault_is_enough_and_none_bounds_nothing()
    {
        Answer(RollbackAnchorFault.Contested, Record(20, _scene.Found.VaultId));
        Assert.Equal(SignedBounds.Before(new Epoch(20)), (await ShowAsync()).ContestBounds);

        Answer(RollbackAnchorFault.Contested, Record(50, Guid.NewGuid()));
        var evidence = await ShowAsync();
        Assert.Equal(("the answer", null), (evidence.Contest, evidence.ContestBounds));
    }

    [Fact]
    public async Task An_anchor_under_other_keys_is_evidence()
    {
        Answer(RollbackAnchorFault.Foreign);

        Assert.Equal("the answer", (await ShowAsync()).Stranger);
        Assert.Equal("the answer", (await CompareAsync()).Stranger);
    }

    [Theory]
    [InlineData(RollbackAnchorFault.Unreachable)]
    [InlineData(RollbackAnchorFault.StartedElsewhere)]
    public async Task Any_other_fault_is_one(RollbackAnchorFault fault)
    {
        Answer(fault);

        Assert.Equal(fault, (await Assert.ThrowsAsync<RollbackAnchorException>(ShowAsync)).Fault);
        Assert.Equal(fault, (await Assert.ThrowsAsync<RollbackAnchorException>(CompareAsync)).Fault);
    }

    [Fact]
    public async Task To_a_start_what_two_wrote_at_once_is_a_fault()
    {
        Answer(RollbackAnchorFault.Contested);

        Assert.Equal(RollbackAnchorFault.Contested, (await Assert.ThrowsAsync<RollbackAnchorException>(CompareAsync)).Fault);
    }

    private Task<StartEvidence> ShowAsync() => _scene.Found.ShowAgainstAsync(_scene.Former, _scene.FormerPlace.Keys, default);

    private Task<StartEvidence> CompareAsync() => _scene.Found.CompareWithAsync(_scene.Former, _scene.FormerPlace.Keys, default);

    private void Answer(RollbackAnchorFault fault, params byte[][] records) =>
        _scene.Former.Step = _ =>
            throw new RollbackAnchorException(fault, "the answer", "look")
            {
                Records = [.. records.Select(record => (ReadOnlyMemory<byte>)record)],
            };

    private byte[] Record(ulong fence, Guid vault) =>
        new FenceRecord(vault, 5, SignedBounds.Before(new Epoch(fence)), default, null).Write(_scene.FormerPlace.Keys.Record);
}
