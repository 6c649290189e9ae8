using CsCheck;
using RemoteSigner.Audit;
using RemoteSigner.Slashing;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;
using Duty = RemoteSigner.Tests.Slashing.SlashingOracle.Duty;

namespace RemoteSigner.Tests.Slashing;

[Trait("Speed", "slow")]
public sealed class SlashingPropertyTests
{
    private static readonly Gen<Duty> _duty = Gen.Select(Gen.Bool, Gen.ULong[0, 12], Gen.ULong[0, 12], Gen.Int[1, 3])
        .Select((isBlock, source, target, root) => new Duty(isBlock, isBlock ? 0 : source, target, root));

    private static readonly Gen<Act> _act = Gen.Frequency(
        (30, _duty.Select(duty => (Act)new Act.Ask(duty))),
        (2, Gen.ULong[0, 6].Select(epochs => (Act)new Act.Prune(epochs))),
        (2, Gen.Select(Gen.ULong[0, 8], Gen.ULong[0, 8]).Select((slot, epoch) => (Act)new Act.Raise(slot, epoch))),
        (2, Gen.Const((Act)new Act.Move())),
        (1, Gen.Const((Act)new Act.Reopen())),
        (1, Gen.Const((Act)new Act.ImportOwn())),
        (2, _duty.Array[1, 4].Select(duties => (Act)new Act.ImportForeign(duties))),
        (1, Gen.Const((Act)new Act.Reshare()))
    );

    /// <summary>
    /// One validator's life: two conflicting messages are never granted, and above the low watermarks nothing harmless is refused.
    /// </summary>
    [Fact]
    public async Task Agrees_with_a_naive_oracle_through_exports_imports_pruning_and_restarts()
    {
        await _act.Array[5, 80].SampleAsync(LiveAsync, iter: 150, threads: 2);
    }

    private static async Task LiveAsync(Act[] acts)
    {
        var life = new Life(await TemporarySigner.CreateAsync());
        await life.Signer.Slashing.RegisterAsync(life.Key, DeclaredHistory.NeverSigned);
        try
        {
            foreach (var act in acts)
            {
                await life.DoAsync(act);
            }

            Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(life.Signer.Ledger));
        }
        finally
        {
            await life.Signer.DisposeAsync();
        }
    }

    private abstract record Act
    {
        public sealed record Ask(Duty Duty) : Act;

        public sealed record Prune(ulong KeepEpochs) : Act;

        public sealed record Raise(ulong Slot, ulong Epoch) : Act;

        public sealed record Move : Act;

        public sealed record Reopen : Act;

        public sealed record ImportOwn : Act;

        /// <summary>A file that somebody else made: it says what it likes.</summary>
        public sealed record ImportForeign(Duty[] Duties) : Act;

        public sealed record Reshare : Act;
    }

    private sealed class Life(TemporarySigner signer)
    {
        // What was signed by anybody, as far as is known, and what of it was signed here.
        private readonly SlashingOracle _oracle = new();
        private SlashingOracle _here = new();
        private int _share = 1;
        private bool _pruned;

        public TemporarySigner Signer { get; private set; } = signer;

        public ProtectedKey Key => Duties.Key(_share, group: 99);

        public async Task DoAsync(Act act)
        {
            var lowWatermarks = await LowWatermarksAsync();
            switch (act)
            {
                case Act.Ask(var duty):
                    await AskAsync(duty, lowWatermarks);
                    break;
                case Act.Prune(var epochs):
                    _pruned = true;
                    await Signer.Slashing.PruneAsync(epochs);
                    break;
                case Act.Raise(var slot, var epoch):
                    _pruned = true;
                    await Signer.Slashing.RaiseLowWatermarkAsync(new Slot(slot), new Epoch(epoch));
                    break;
                case Act.Move when await HasChainAsync():
                    await MoveAsync();
                    Assert.Equal(lowWatermarks, await LowWatermarksAsync());
                    break;
                case Act.ImportOwn when await HasChainAsync():
                    await Signer.Slashing.ImportAsync(await Signer.ExportAsync(), InterchangeReading.Complete);
                    Assert.Equal(lowWatermarks, await LowWatermarksAsync());
                    break;
                case Act.ImportForeign(var duties) when await HasChainAsync():
                    await ImportForeignAsync(duties);
                    break;
                case Act.Reshare:
                    _share++;
                    await Signer.RegisterAsync(Key);
                    break;
                case Act.Reopen:
                    await Signer.ReopenAsync();
                    break;
            }

            AssertNotLower(lowWatermarks, await LowWatermarksAsync());
        }

        private async Task AskAsync(Duty duty, LowWatermarks lowWatermarks)
        {
            var decision = await Signer.RequestAsync(Key, duty.Content, Root(duty.Root));
            if (decision is PermitDecision.Granted)
            {
                Assert.False(_oracle.IsSlashable(duty), $"granted {duty} is slashable");
                Assert.True(duty.Source <= duty.Target || duty.IsBlock, $"granted {duty} is no vote");
                Assert.True(_here.WasSigned(duty) || lowWatermarks.IsAbove(duty), $"granted {duty} is not above {lowWatermarks}");
                Assert.True(_here.WasSigned(duty) || !_oracle.WasSigned(duty), $"granted {duty}, which was only told");
                _oracle.Sign(duty);
                _here.Sign(duty);
            }
            else
            {
                var wasTold = _oracle.WasSigned(duty) && !_here.WasSigned(duty);
                Assert.True(
                    _oracle.IsSlashable(duty) || wasTold || !lowWatermarks.IsAbove(duty) || (!duty.IsBlock && duty.Source > duty.Target),
                    $"{duty} above {lowWatermarks} was refused: {decision}"
                );
            }
        }

        private async Task ImportForeignAsync(Duty[] duties)
        {
            var contradicts = duties.Any(duty => _here.IsSlashable(duty) && (duty.IsBlock || duty.Source <= duty.Target));
            try
            {
                await Signer.Slashing.ImportAsync(ForeignFile.Of(Key.PublicKey, duties, await ChainAsync()), InterchangeReading.Complete);

                // What low watermarks have pushed out of the record here proves nothing any more; impossible votes raise low watermarks.
                Assert.True(!contradicts || _pruned, "a contradiction was taken over");
                _pruned |= duties.Any(duty => !duty.IsBlock && duty.Source > duty.Target);
                Array.ForEach(duties, _oracle.Sign);
            }
            catch (InterchangeContradictionException)
            {
                Assert.True(contradicts, "a file that contradicts nothing was refused");
            }
        }

        private async Task MoveAsync()
        {
            var moved = await Signer.MoveAsync(InterchangeReading.LowWatermarksAtLowest);
            await Signer.DisposeAsync();
            Signer = moved;
            _here = new SlashingOracle();
            Assert.IsType<Registration.Enrolled>(await Signer.RegisterAsync(Key));
        }

        private async Task<bool> HasChainAsync() => await FindChainAsync() is not null;

        private async Task<Root> ChainAsync() => (await FindChainAsync())!.Value;

        private Task<Root?> FindChainAsync() =>
            Signer.Ledger.WriteAsync(transaction => HistoryStore.Of(transaction).Chain.GenesisValidatorsRoot);

        private async Task<LowWatermarks> LowWatermarksAsync()
        {
            var status = Assert.Single(await Signer.Slashing.StatusAsync(), validator =>
                validator.Keys.Any(key => key.PublicKey == Key.PublicKey)
            );
            return new LowWatermarks(status.LowestSlot?.Value, status.LowestSource?.Value, status.LowestTarget?.Value);
        }

        private static void AssertNotLower(LowWatermarks before, LowWatermarks after)
        {
            Assert.True(before.Slot is null || after.Slot >= before.Slot, $"{before} fell to {after}");
            Assert.True(before.Source is null || after.Source >= before.Source, $"{before} fell to {after}");
            Assert.True(before.Target is null || after.Target >= before.Target, $"{before} fell to {after}");
        }
    }

    private sealed record LowWatermarks(ulong? Slot, ulong? Source, ulong? Target)
    {
        /// <summary>EIP-3076 conditions 2, 4 and 5.</summary>
        public bool IsAbove(Duty duty) =>
            duty.IsBlock ? Slot is null || duty.Target > Slot : Source is null || (duty.Source >= Source && duty.Target > Target);
    }
}
