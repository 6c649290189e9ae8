using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Slashing.Store;

namespace RemoteSigner.Audit;

/// <summary>
/// Walks the whole audit chain and matches it with the slashing records both ways: every granted block and vote has its record, or lies
/// below the validator's low watermarks; every record made here points to the entry that granted it. Constant memory; on an open ledger
/// signing goes on meanwhile.
/// </summary>
public static class AuditVerifier
{
    private const int RowsPerStep = 1000;

    // What was granted is noted in a temporary table, of which there is one.
    private static readonly SemaphoreSlim _one = new(1);

    /// <summary>Verifies a ledger that no signer has open.</summary>
    /// <exception cref="LedgerException">The ledger cannot be opened or read.</exception>
    public static async Task<AuditVerification> VerifyAsync(string path)
    {
        await using var ledger = Ledger.Open(path);
        return await VerifyAsync(ledger);
    }

    /// <summary>
    /// Verifies an open ledger, which must have the tables of <see cref="AuditLog"/> and <see cref="SlashingProtection"/>. Where entries
    /// were dropped, the chain is walked from the first with their <paramref name="segments"/>, and without any from the first that is
    /// kept.
    /// </summary>
    /// <exception cref="AuditSegmentException">A file is no segment, or was changed.</exception>
    public static Task<AuditVerification> VerifyAsync(Ledger ledger, params IReadOnlyList<string> segments) =>
        VerifyAsync(ledger, segments, CancellationToken.None);

    /// <summary>The same, until nobody wants to know any more.</summary>
    /// <exception cref="AuditSegmentException">A file is no segment, or was changed.</exception>
    public static async Task<AuditVerification> VerifyAsync(Ledger ledger, IReadOnlyList<string> segments, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            // Entries that are dropped while it walks are missing where it is.
            AuditVerification found;
            long begun;
            do
            {
                begun = await BaseAsync(ledger);
                found = await WalkAsync(ledger, segments, cancellation);
            } while (found is AuditVerification.Broken && begun != await BaseAsync(ledger));
            return found;
        }
        finally
        {
            _one.Release();
        }
    }

    private static Task<long> BaseAsync(Ledger ledger) =>
        ledger.ReadAsync(transaction => LedgerEntries.Base(transaction, new byte[SHA256.HashSizeInBytes]));

    private static async Task<AuditVerification> WalkAsync(Ledger ledger, IReadOnlyList<string> segments, CancellationToken cancellation)
    {
        var chain = await ledger.ReadAsync(transaction => Chain.Begin(transaction, fromFirst: segments.Count > 0));
        foreach (var segment in segments)
        {
            if (await WalkAsync(ledger, chain, segment, cancellation) is { } broken)
            {
                return broken;
            }
        }

        while (!chain.Ended)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await ledger.ReadAsync(chain.Walk) is { } broken)
            {
                return broken;
            }
        }

        return chain.ProblemOfBase() ?? await MatchAsync(ledger, chain, segments.Count > 0, cancellation);
    }

    private static async Task<AuditVerification.Broken?> WalkAsync(
        Ledger ledger,
        Chain chain,
        string segment,
        CancellationToken cancellation
    )
    {
        // What the ledger still has is walked there, whatever a file says of it.
        await foreach (
            var entries in AuditSegment
                .EntriesAsync(segment, cancellation)
                .Select(one => one.Entry)
                .Where(entry => entry.Sequence <= chain.Base)
                .Chunk(RowsPerStep)
        )
        {
            if (await ledger.ReadAsync(transaction => chain.Take(transaction, entries)) is { } broken)
            {
                return broken;
            }
        }

        return null;
    }

    private static async Task<AuditVerification> MatchAsync(Ledger ledger, Chain chain, bool withSegments, CancellationToken cancellation)
    {
        // Votes are gathered meanwhile: one that moves is seen twice, and none not at all.
        var (matched, unmatched) = (0L, 0L);
        foreach (
            var records in new[]
            {
                RecordWalk.OfBlocks(chain.Base, withSegments),
                RecordWalk.OfRecentVotes(chain.Base, withSegments),
                RecordWalk.OfGatheredVotes(chain.Base, withSegments),
            }
        )
        {
            while (!records.Ended)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await ledger.ReadAsync(records.Walk) is { } broken)
                {
                    return broken;
                }
            }

            (matched, unmatched) = (matched + records.Matched, unmatched + records.Unmatched);
        }

        return new AuditVerification.Intact(chain.Head, matched, unmatched);
    }

    /// <summary>From the first entry to the last, hash by hash; every granted duty is looked up in the records.</summary>
    private sealed class Chain
    {
        private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];
        private readonly byte[] _next = new byte[SHA256.HashSizeInBytes];
        private readonly byte[] _baseHash = new byte[SHA256.HashSizeInBytes];
        private long _sequence;
        private long _newest;
        private bool _baseIsConfirmed;

        private Chain() { }

        public bool Ended { get; private set; }

        /// <summary>The last entry that was dropped from the ledger; 0: none was.</summary>
        public long Base { get; private set; }

        public AuditHead Head => new(_sequence, ImmutableArray.Create(_hash));

        public static Chain Begin(LedgerTransaction transaction, bool fromFirst)
        {
            GrantedRoots.Clear(transaction);
            var chain = new Chain();
            chain.Base = LedgerEntries.Base(transaction, chain._baseHash);
            chain._newest = LedgerEntries.Newest(transaction, chain._next);
            if (!fromFirst)
            {
                chain._sequence = chain.Base;
                chain._baseHash.CopyTo(chain._hash, 0);
            }

            return chain;
        }

        public AuditVerification.Broken? Walk(LedgerTransaction transaction)
        {
            try
            {
                var entries = LedgerEntries.After(transaction, Math.Max(_sequence, Base), RowsPerStep);
                var broken = Take(transaction, entries);

                // What is written meanwhile is for the next time.
                Ended = entries.Count == 0 || _sequence >= _newest;
                return broken;
            }
            catch (LedgerException e) when (e is { Fault: LedgerFault.Corrupt, InnerException: InvalidDataException })
            {
                return new AuditVerification.Broken(_sequence + 1, e.Message);
            }
        }

        public AuditVerification.Broken? Take(LedgerTransaction transaction, IReadOnlyList<LedgerEntry> entries)
        {
            foreach (var entry in entries)
            {
                if (Problem(transaction, entry) is { } problem)
                {
                    return new AuditVerification.Broken(_sequence + 1, problem);
                }

                _sequence++;
                _next.CopyTo(_hash, 0);
            }

            return null;
        }

        /// <summary>
        /// What was dropped must have been said by an entry that is kept: else whoever can write the file could cut the log and move its
        /// beginning.
        /// </summary>
        public AuditVerification.Broken? ProblemOfBase() =>
            Base == 0 || _baseIsConfirmed
                ? null
                : new AuditVerification.Broken(
                    Base,
                    $"the entries up to {Base} are gone, and no checkpoint in the log says "
                        + "that they were dropped with the hash that it goes on from"
                );

        private string? Problem(LedgerTransaction transaction, LedgerEntry entry)
        {
            if (_sequence == Base && !_hash.AsSpan().SequenceEqual(_baseHash))
            {
                return $"the hash of entry {Base} is not the one that the log goes on from: a segment is another log's";
            }

            if (entry.Sequence != _sequence + 1)
            {
                return $"entry {_sequence + 1} is missing: entry {entry.Sequence} comes after entry {_sequence}";
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(_hash);
            hash.AppendData(entry.Entry.Span);
            _ = hash.GetHashAndReset(_next);
            if (!entry.Hash.Span.SequenceEqual(_next))
            {
                return $"the hash of entry {entry.Sequence} does not follow from its bytes and the hash of entry {_sequence}";
            }

            if (
                Claim(entry) is { Action: AuditActions.AuditCheckpoint, Through: var through, Head: { } head }
                && through == Base
                && head.Bytes.SequenceEqual(_baseHash)
            )
            {
                _baseIsConfirmed = true;
            }

            return Claim(entry) is not { } claim || claim.Sequence != entry.Sequence
                    ? $"entry {entry.Sequence} does not read as the entry of that number"
                : GrantedDuties.FindOther(transaction, claim) is { } before
                    ? $"entry {entry.Sequence} grants a {claim.Duty} with another root than entry {before} did: the two are slashable"
                : GrantedDuties.AreCovered(transaction, claim) ? null
                : $"entry {entry.Sequence} grants a {claim.Duty} that has no slashing record";
        }

        private static SignedClaim? Claim(LedgerEntry entry)
        {
            try
            {
                return SignedClaim.Read(entry.Entry.Span);
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or OverflowException)
            {
                return null;
            }
        }
    }
}
