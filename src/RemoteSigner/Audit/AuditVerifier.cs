using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Slashing.Store;

namespace RemoteSigner.Audit;

/// <summary>
/// Walks the whole audit chain and matches it with the slashing records both ways: every granted block and vote has its record, or lies below
/// the validator's floors; every record made here points to the entry that granted it. Constant memory; on an open ledger signing goes on meanwhile.
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

    /// <summary>Verifies an open ledger, which must have the tables of <see cref="AuditLog"/> and <see cref="SlashingProtection"/>.</summary>
    public static async Task<AuditVerification> VerifyAsync(Ledger ledger)
    {
        await _one.WaitAsync();
        try
        {
            return await WalkAsync(ledger);
        }
        finally
        {
            _one.Release();
        }
    }

    private static async Task<AuditVerification> WalkAsync(Ledger ledger)
    {
        await ledger.ReadAsync(transaction =>
        {
            GrantedRoots.Clear(transaction);
            return true;
        });
        var chain = new Chain();
        while (!chain.Ended)
        {
            if (await ledger.ReadAsync(chain.Walk) is { } broken)
            {
                return broken;
            }
        }

        var matched = 0L;
        foreach (var records in new[] { RecordWalk.OfBlocks(), RecordWalk.OfAttestations() })
        {
            while (!records.Ended)
            {
                if (await ledger.ReadAsync(records.Walk) is { } broken)
                {
                    return broken;
                }
            }

            matched += records.Matched;
        }

        return new AuditVerification.Intact(chain.Head, matched);
    }

    /// <summary>From the first entry to the last, hash by hash; every granted duty is looked up in the records.</summary>
    private sealed class Chain
    {
        private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];
        private readonly byte[] _next = new byte[SHA256.HashSizeInBytes];
        private long _sequence;

        public bool Ended { get; private set; }

        public AuditHead Head => new(_sequence, ImmutableArray.Create(_hash));

        public AuditVerification.Broken? Walk(LedgerTransaction transaction)
        {
            var entries = LedgerEntries.After(transaction, _sequence, RowsPerStep);
            Ended = entries.Count < RowsPerStep;
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

        private string? Problem(LedgerTransaction transaction, LedgerEntry entry)
        {
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

            return Claim(entry) is not { } claim || claim.Sequence != entry.Sequence ? $"entry {entry.Sequence} does not read as the entry of that number"
                : GrantedDuties.FindOther(transaction, claim) is { } before ? $"entry {entry.Sequence} grants a {claim.Duty} with another root than entry {before} did: the two are slashable"
                : GrantedDuties.AreCovered(transaction, claim) ? null : $"entry {entry.Sequence} grants a {claim.Duty} that has no slashing record";
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
