using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>The judgement over counter, record, ledger and vault, case by case.</summary>
public sealed class StartRulesTests
{
    private static readonly Guid _vault = Guid.Parse("00000000-0000-0000-0000-000000000001");
    private static readonly Guid _otherVault = Guid.Parse("00000000-0000-0000-0000-000000000002");
    private static readonly HistoryEnd _end = new(7, Duties(1), Duties(2), new Epoch(8), new Epoch(9), new Slot(300));
    private static readonly HistoryEnd _otherEnd = _end with { Entries = 6, Head = Duties(3) };

    // Start 4 was counted, and ended in an orderly way with nothing changed since.
    private static readonly StartEvidence _clean = new(
        Anchors.Of(_vault, 3),
        new LedgerStart(_vault, "anchor", 4, 3),
        _end,
        new RollbackAnchorReading("anchor", 4, new byte[FenceRecord.Length]),
        new FenceRecord(_vault, 4, SignedBounds.Before(new Epoch(20)), Anchors.Of(_vault, 3).Mark, null).EndedAt(_end)
    );

    [Fact]
    public void Serves_at_once_after_an_orderly_stop_with_the_very_same_ledger() =>
        Assert.IsType<StartDecision.Serve>(StartRules.Decide(_clean));

    [Theory]
    [InlineData(RollbackReason.VaultReplaced, 3UL, 0, 1)]
    [InlineData(RollbackReason.VaultRolledBack, 2UL, 0, 0)]
    [InlineData(RollbackReason.VaultUnknown, 3UL, 1, 0)]
    [InlineData(RollbackReason.VaultUnknown, 4UL, 0, 0)]
    public void A_vault_that_the_ledger_does_not_remember_is_refused(RollbackReason reason, ulong generation, byte content, byte rootKey) =>
        Refuses(
            reason,
            _clean with
            {
                Vault = Anchors.Of(_vault, generation, content, rootKey),
                Known = new KnownVault(Anchors.Of(_vault, 3)),
                Record = _clean.Record! with { Vault = new VaultMark(2, default) },
                Ledger = _clean.Ledger! with { VaultGeneration = 2 },
            }
        );

    [Fact]
    public void A_vault_that_was_replaced_is_told_also_where_the_anchor_cannot_be_read_with_its_keys() =>
        Refuses(
            RollbackReason.VaultReplaced,
            _clean with
            {
                Vault = Anchors.Of(_vault, 3, rootKey: 1),
                Known = new KnownVault(Anchors.Of(_vault, 3)),
                Anchor = null,
                Record = null,
            }
        );

    [Fact]
    public void The_ledger_of_another_vault_is_told_also_where_there_is_no_anchor() =>
        Refuses(
            RollbackReason.LedgerForeign,
            _clean with
            {
                Known = new KnownVault(Anchors.Of(Guid.NewGuid(), 3)),
                Anchor = null,
                Record = null,
            }
        );

    [Fact]
    public void A_change_that_was_announced_is_taken() =>
        Assert.IsType<StartDecision.Serve>(
            StartRules.Decide(
                _clean with
                {
                    Vault = Anchors.Of(_vault, 4),
                    Known = new KnownVault(Anchors.Of(_vault, 3), Anchors.Of(_vault, 4)),
                }
            )
        );

    [Fact]
    public void Another_vault_of_the_generation_that_the_anchor_knows_is_refused() =>
        Refuses(RollbackReason.VaultUnknown, _clean with { Vault = Anchors.Of(_vault, 3, content: 1) });

    [Fact]
    public void Serves_when_the_process_died_between_writing_the_start_and_counting_it() =>
        Assert.IsType<StartDecision.Serve>(StartRules.Decide(Ledger(start: 5)));

    [Fact]
    public void Raises_the_low_watermarks_to_the_fence_after_a_crash()
    {
        var lowWatermark = LowWatermark(
            _clean with
            {
                Record = _clean.Record!.GoingOn(4, Guid.NewGuid(), new SignedBounds(new Epoch(20), new Epoch(15))),
            }
        );

        Assert.Equal(
            (new Epoch(20), new Epoch(15), (Root?)null),
            (lowWatermark.Fence, lowWatermark.LowestSource, lowWatermark.AwaitedMarks)
        );
    }

    [Fact]
    public void A_record_of_an_earlier_program_bounds_sources_by_the_fence()
    {
        var lowWatermark = LowWatermark(_clean with { Record = Former(4, stopped: false) });

        Assert.Equal((new Epoch(20), new Epoch(18)), (lowWatermark.Fence, lowWatermark.LowestSource));
        Assert.IsType<StartDecision.Serve>(StartRules.Decide(_clean with { Record = Former(4, stopped: true) }));
    }

    [Fact]
    public void An_orderly_stop_of_an_earlier_start_counts_for_nothing()
    {
        var lowWatermark = LowWatermark(
            Ledger(start: 5) with
            {
                Anchor = _clean.Anchor! with { Count = 5 },
                Record = Former(4, stopped: true),
            }
        );

        Assert.Null(lowWatermark.AwaitedMarks);
    }

    [Fact]
    public void A_record_that_is_not_of_the_newest_start_vouches_for_nothing()
    {
        var evidence = Ledger(start: 5) with { Anchor = _clean.Anchor! with { Count = 5 } };

        Refuses(RollbackReason.RecordBehind, evidence);
        Assert.Equal(SignedBounds.Before(new Epoch(99)), Clearance.LowWatermarkAfter(evidence, RollbackReason.RecordBehind, new Epoch(99)));
        Assert.Equal(
            SignedBounds.Before(new Epoch(99)),
            Clearance.LowWatermarkAfter(evidence, RollbackReason.LedgerRolledBack, new Epoch(99))
        );
        Assert.Equal(
            new SignedBounds(new Epoch(120), new Epoch(97)),
            Clearance.LowWatermarkAfter(
                evidence with
                {
                    Record = null,
                    ContestBounds = new SignedBounds(new Epoch(120), new Epoch(90)),
                },
                RollbackReason.AnchorContested,
                new Epoch(99)
            )
        );
        Assert.Equal(
            new SignedBounds(new Epoch(20), new Epoch(8)),
            Clearance.LowWatermarkAfter(_clean, RollbackReason.LedgerRolledBack, new Epoch(99))
        );
        Assert.Equal(SignedBounds.Before(new Epoch(99)), Clearance.LowWatermarkAfter(_clean, RollbackReason.VaultReplaced, new Epoch(99)));
    }

    [Fact]
    public void Raises_the_low_watermarks_and_awaits_the_known_history_when_another_ledger_was_put_in_place_of_the_stopped_one()
    {
        var lowWatermark = LowWatermark(_clean with { End = _otherEnd });

        Assert.Equal((new Epoch(20), new Epoch(8), _end.Marks), (lowWatermark.Fence, lowWatermark.LowestSource, lowWatermark.AwaitedMarks));
        Assert.Contains("audit entry 7", lowWatermark.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_with_the_same_audit_log_and_other_records_is_another_ledger() =>
        Assert.NotNull(LowWatermark(_clean with { End = _end with { Marks = Duties(9) } }).AwaitedMarks);

    [Theory]
    [InlineData(3UL)]
    [InlineData(0UL)]
    public void A_ledger_behind_the_anchor_was_put_back(ulong start) => Refuses(RollbackReason.LedgerRolledBack, Ledger(start));

    [Fact]
    public void A_counter_more_than_one_behind_the_ledger_was_made_anew() => Refuses(RollbackReason.CounterBehind, Ledger(start: 6));

    [Fact]
    public void A_counter_behind_its_own_record_was_put_back() =>
        Refuses(RollbackReason.CounterBehind, _clean with { Record = _clean.Record! with { Start = 5 } });

    [Fact]
    public void A_ledger_without_a_start_beside_an_anchor_is_refused() =>
        Refuses(RollbackReason.LedgerWithoutStart, _clean with { Ledger = null });

    [Fact]
    public void A_ledger_of_another_vault_is_refused() =>
        Refuses(RollbackReason.LedgerForeign, _clean with { Ledger = _clean.Ledger! with { VaultId = _otherVault } });

    [Fact]
    public void Another_anchor_than_the_known_one_is_refused() =>
        Refuses(RollbackReason.AnchorReplaced, _clean with { Anchor = _clean.Anchor! with { Identity = "another" } });

    [Fact]
    public void A_missing_anchor_is_refused() => Refuses(RollbackReason.AnchorMissing, _clean with { Anchor = null, Record = null });

    [Fact]
    public void A_data_directory_from_before_the_fence_is_told_to_enrol()
    {
        var refusal = Refuses(RollbackReason.NotEnrolled, _clean with { Ledger = null, Anchor = null, Record = null });

        Assert.Contains("rollback-protection enrol", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void An_anchor_without_a_record_is_refused() =>
        Refuses(RollbackReason.RecordMissing, _clean with { Anchor = _clean.Anchor! with { Record = default }, Record = null });

    [Fact]
    public void A_record_that_another_key_made_is_refused() => Refuses(RollbackReason.RecordForeign, _clean with { Record = null });

    [Fact]
    public void A_record_of_another_vault_is_refused() =>
        Refuses(RollbackReason.RecordForeign, _clean with { Record = _clean.Record! with { VaultId = _otherVault } });

    [Fact]
    public void A_vault_older_than_the_anchor_knows_was_put_back() =>
        Refuses(RollbackReason.VaultRolledBack, _clean with { Vault = Anchors.Of(_vault, 2) });

    [Fact]
    public void A_vault_older_than_the_ledger_knows_was_put_back() =>
        Refuses(RollbackReason.VaultRolledBack, _clean with { Ledger = _clean.Ledger! with { VaultGeneration = 4 } });

    [Fact]
    public void A_vault_that_was_changed_just_before_a_crash_is_taken() =>
        Assert.IsType<StartDecision.Serve>(StartRules.Decide(_clean with { Vault = Anchors.Of(_vault, 4) }));

    [Fact]
    public void Of_a_ledger_and_a_vault_put_back_together_the_ledger_is_named() =>
        Refuses(RollbackReason.LedgerRolledBack, Ledger(start: 2) with { Vault = Anchors.Of(_vault, 1) });

    [Fact]
    public void An_anchor_that_two_wrote_at_once_is_refused() =>
        Refuses(RollbackReason.AnchorContested, _clean with { Contest = "two starts wrote at once" });

    [Fact]
    public void What_another_root_key_wrote_is_refused() =>
        Refuses(RollbackReason.RecordForeign, _clean with { Stranger = "a fence of another root key", Anchor = null, Record = null });

    [Fact]
    public void A_missing_anchor_beside_an_older_vault_means_that_the_vault_was_put_back()
    {
        var evidence = _clean with { Vault = Anchors.Of(_vault, 2), Anchor = null, Record = null };

        Refuses(RollbackReason.VaultRolledBack, evidence);
        Refuses(RollbackReason.AnchorMissing, evidence with { Ledger = evidence.Ledger! with { VaultId = _otherVault } });
        Refuses(RollbackReason.AnchorMissing, evidence with { Vault = Anchors.Of(_vault, 3) });
    }

    [Fact]
    public void A_ledger_that_knows_less_of_the_vault_than_the_anchor_was_put_back() =>
        Refuses(RollbackReason.LedgerRolledBack, _clean with { Ledger = _clean.Ledger! with { VaultGeneration = 2 } });

    [Fact]
    public void The_vault_that_the_ledger_remembers_is_taken() =>
        Assert.IsType<StartDecision.Serve>(StartRules.Decide(_clean with { Known = new KnownVault(Anchors.Of(_vault, 3)) }));

    [Fact]
    public void Only_what_an_older_ledger_or_vault_explains_is_cleared_down_to_the_record()
    {
        var bounds = _clean.Record!.Bounds;
        var guess = new Epoch(15);
        RollbackReason[] older =
        [
            RollbackReason.LedgerRolledBack,
            RollbackReason.LedgerForeign,
            RollbackReason.VaultRolledBack,
            RollbackReason.VaultUnknown,
        ];

        Assert.All(Enum.GetValues<RollbackReason>(), reason =>
            Assert.Equal(
                older.Contains(reason) ? bounds : new SignedBounds(bounds.Fence, new Epoch(13)),
                Clearance.LowWatermarkAfter(_clean, reason, guess)
            )
        );
    }

    // As a program wrote it that named no run: version 1.
    private static FenceRecord Former(ulong start, bool stopped)
    {
        var bytes = new byte[FenceRecord.Length];
        using var arena = new SecretArena();
        using var key = arena.Allocate(32);
        (_clean.Record! with { Start = start }).Write(key).CopyTo(bytes, 0);
        bytes[0] = 1;
        bytes.AsSpan(41, stopped ? 0 : 97).Clear();
        return FenceRecord.ReadUnproven(bytes)!;
    }

    private static StartEvidence Ledger(ulong start) => _clean with { Ledger = _clean.Ledger! with { Start = start } };

    private static RollbackRefusal Refuses(RollbackReason reason, StartEvidence evidence)
    {
        var refusal = Assert.IsType<StartDecision.Refuse>(StartRules.Decide(evidence)).Refusal;
        Assert.Equal(reason, refusal.Reason);
        return refusal;
    }

    private static GlobalLowWatermark LowWatermark(StartEvidence evidence) =>
        Assert.IsType<StartDecision.RaiseLowWatermarks>(StartRules.Decide(evidence)).LowWatermark;

    private static Root Duties(int number) => Slashing.Duties.Root(number);
}
