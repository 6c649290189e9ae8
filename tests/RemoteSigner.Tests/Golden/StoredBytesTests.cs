using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;
using RemoteSigner.Tpm2;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Golden;

/// <summary>What is kept on disk or in a device, byte for byte, made of inputs that never change.</summary>
public sealed class StoredBytesTests
{
    private static readonly DateTimeOffset _time = new(2026, 11, 5, 6, 7, 8, 90, TimeSpan.Zero);

    private static IEnumerable<AuditEntry> Entries =>
        [
            Entry("sign", AuditDecision.Granted) with
            {
                RequestId = "0HN1",
                Client = "vc",
                ClientFingerprint = Root(3).ToString()[2..],
                ShareKey = PublicKey(1),
                GroupKey = PublicKey(2),
                Duty = DutyType.Attestation,
                Slot = new Slot(320),
                SourceEpoch = new Epoch(9),
                TargetEpoch = new Epoch(10),
                SigningRoot = Root(4),
            },
            Entry("sign", AuditDecision.Granted) with
            {
                Client = "vc",
                ShareKey = PublicKey(1),
                Duty = DutyType.Block,
                Slot = new Slot(321),
                SigningRoot = Root(5),
                SignedBefore = true,
            },
            Entry("sign", AuditDecision.Refused) with
            {
                Client = "vc",
                ShareKey = PublicKey(1),
                Duty = DutyType.Block,
                Slot = new Slot(321),
                SigningRoot = Root(6),
                Rule = new SignOutcome.Slashable(SlashingRule.DoubleProposal, "").RuleName,
                Count = 512,
                Detail = "a \"sentence\" for people, ü",
            },
            Entry("key.import", AuditDecision.Event) with
            {
                User = "root",
                Keys = [PublicKey(1), PublicKey(2)],
                FileHash = Root(7),
            },
            Entry(AuditActions.AuditCheckpoint, AuditDecision.Event) with
            {
                FileHash = Root(7),
                Through = 3,
                Head = Root(8),
            },
        ];

    [Fact]
    public async Task Entries_of_the_audit_log_as_they_are_hashed_and_as_they_lie_in_the_ledger()
    {
        await using var signer = await TemporarySigner.CreateAsync(time: new FakeTimeProvider(_time));
        var before = (await signer.Audit.HeadAsync()).Sequence;
        foreach (var entry in Entries)
        {
            await signer.Audit.RecordAsync(entry);
        }

        var lines = new List<string>();
        foreach (var read in await signer.Audit.ReadAsync(before, 100))
        {
            lines.Add(Encoding.UTF8.GetString(read.Entry.Span));
            lines.Add($"  hash {Hex(read.Hash.Span)}");
            lines.Add($"  row {await RowAsync(signer, read.Sequence)}");
        }

        GoldenFile.Holds("audit-entries.txt", lines);
    }

    [Fact]
    public void The_record_of_the_fence()
    {
        using var arena = new SecretArena();
        var key = arena.Allocate(32);
        Filled(32, 1).CopyTo(key.Span);
        var record = new FenceRecord(Id(0x10), 3, new SignedBounds(new Epoch(77), new Epoch(40)), new VaultMark(9, Id(0x20)), null);
        var running = record.GoingOn(3, Id(0x30), record.Bounds) with { Nonce = Id(0x40) };
        var ended = running.EndedAt(new HistoryEnd(7, Root(1), Root(2), new Epoch(5), null, null));

        GoldenFile.Holds(
            "fence-record.txt",
            [$"running {Hex(running.Write(key))}", $"ended {Hex(ended.Write(key))}", $"void {Hex(FenceRecord.Void)}"]
        );
    }

    [Fact]
    public void The_file_of_the_vault_with_a_slot_of_each_type_and_a_share_of_each_provenance()
    {
        var slots = Enum.GetValues<VaultSlotType>()
            .Select(type => new VaultSlot(type, Filled(4, (byte)type), "label")
            {
                PublicHalf = Filled(3, 0x70),
                Wrapped = Filled(8, 0x80),
            });
        var shares = Enum.GetValues<ShareProvenance>()
            .Select(provenance => new VaultListing.Share(
                PublicKey(10 + (int)provenance),
                PublicKey(9),
                new ClusterMembership(2, 3, 4, Root(5), provenance),
                "share"
            ))
            .Append(new VaultListing.Share(PublicKey(8), null, null, "whole key"))
            .Select(share => new VaultRecord(share, VaultRecord.Begin(share, Filled(32, 0x90))));
        var file = new VaultFile(Filled(16, 1), 9, [.. slots], new VaultRecords().With(new HashSet<BlsPublicKey>(), [.. shares]))
        {
            Epoch = 2,
        };

        byte[] bytes = [.. file.Finish(header => SHA256.HashData(header)).Parts.SelectMany(part => part.ToArray())];

        Assert.True(VaultFile.Parse(bytes).RecordsMatch);
        GoldenFile.Holds("vault.txt", Convert.ToHexStringLower(bytes).Chunk(64).Select(part => new string(part)));
    }

    [Fact]
    public void The_slot_of_a_TPM_and_the_approvals_of_firmware()
    {
        var area = TpmtPublic.Parse(Convert.FromHexString($"0008000b000000120020{Hex(Filled(32, 1))}00100020{Hex(Filled(32, 0x40))}"));
        var slot = new TpmSlot(
            new TpmSealPlan(Filled(64, 2), WantsPin: true, Filled(TpmSlot.NonceLength, 3)),
            0x01900002,
            new SealedObject(Filled(24, 4), area)
        ).Write();
        byte[] former = [1, .. slot[1..70], .. slot[86..]];

        Assert.Equal(slot, TpmSlot.Parse(slot).Write());
        Assert.Empty(TpmSlot.Parse(former).Plan.Nonce);
        GoldenFile.Holds(
            "tpm.txt",
            [
                $"slot {Hex(slot)}",
                $"slot of version 1, still read {Hex(former)}",
                Encoding.UTF8.GetString(
                    FirmwareApprovalJson.Write(
                        new TpmApproval("label", Filled(32, 5), PcrList.Parse("7,11"), Filled(32, 6), 0x01900002, 3, Filled(64, 7))
                    )
                ),
                Encoding.UTF8.GetString(FirmwareApprovalJson.Write(new FirmwareApprovalRequest(Filled(32, 8), 0x01900002, 4, "release"))),
            ]
        );
    }

    [Fact]
    public void The_file_of_partial_signatures()
    {
        var partials = Enumerable
            .Range(1, 2)
            .Select(index => new PartialSignature((ulong)index, new BlsSignature(Filled(96, (byte)index))));
        var file = new PartialsFile(
            "voluntary_exit",
            Root(1),
            [new PartialsFile.Entry(PublicKey(2), "a \"message\" for people", Root(3), [.. partials])]
        );

        Assert.Equal(file.Write(), PartialsFile.Parse(file.Write()).Write());
        GoldenFile.Holds("partials.json", Encoding.UTF8.GetString(file.Write()));
    }

    /// <summary>Names and values, the values as text where they are JSON.</summary>
    [Fact]
    public async Task Notes_in_the_ledger_of_what_is_under_way()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        _ = await PendingActs.OpenAsync(signer.Ledger);
        PendingAct[] acts =
        [
            new("slashing.export", new PendingEffect.FileWritten("/data/history.json", Root(1))),
            new("key.import", new PendingEffect.VaultGeneration(7))
            {
                Replaced = [PublicKey(1)],
                Returning = [PublicKey(2)],
                Yielding = [PublicKey(3), PublicKey(4)],
                ParkedUntil = _time,
            },
            new("rollback_protection.enrol", new PendingEffect.RecordShown(Root(2))),
            new("rollback_protection.move", new PendingEffect.HandedOver(Root(3))),
            new("cluster.document.remove", new PendingEffect.DocumentRemoved(Root(4))),
            new("key.export", new PendingEffect.HandedOutAt(8, "where to look")),
            new("tpm.revoke", new PendingEffect.Untold("where to look")),
        ];
        Assert.Equal(typeof(PendingEffect).GetNestedTypes().ToHashSet(), acts.Select(act => act.Effect.GetType()).ToHashSet());

        var lines = await signer.Ledger.WriteAsync(transaction =>
        {
            PendingActs.Put(transaction, acts);
            ParkedSets.Put(transaction, new ParkedSet(Root(5), _time, _time.AddDays(1), Root(6)));
            ParkedSets.Put(transaction, new ParkedSet(null, _time, null, null));
            HandedOut.Add(transaction, new HandedOut("/ceremony", [PublicKey(1)]));
            Assert.Equal(PendingAct.Write(acts), PendingAct.Write(PendingActs.Read(transaction)));
            var row = transaction.Statement("SELECT name, CAST(value AS TEXT) FROM note ORDER BY name");
            List<string> read = [];
            while (row.Step())
            {
                read.Add($"{row.Text(0)} {row.Text(1)}");
            }

            return read;
        });
        GoldenFile.Holds("notes.txt", lines);
    }

    private static AuditEntry Entry(string action, AuditDecision decision) => new() { Action = action, Decision = decision };

    private static Task<string> RowAsync(TemporarySigner signer, long sequence) =>
        signer.Ledger.WriteAsync(transaction =>
        {
            var row = transaction.Statement("SELECT hex(entry) FROM audit WHERE seq = ?");
            row.Bind(1, sequence);
            _ = row.Step();
            return row.Text(0).ToLowerInvariant();
        });

    // Bytes that count up from the first, so that one that moves is seen.
    private static byte[] Filled(int length, byte first) => [.. Enumerable.Range(first, length).Select(value => (byte)value)];

    private static Guid Id(byte first) => new(Filled(16, first), bigEndian: true);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
