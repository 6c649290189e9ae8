using System.Security.Cryptography;
using System.Text.Json;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

public sealed partial class SlashingProtection
{
    private const int RecordsPerWrite = 2000;

    /// <summary>
    /// Imports an EIP-3076 interchange file of any size in constant memory: all of it and its <paramref name="evidence"/> in one
    /// transaction, or nothing. Keys that are not registered get their history before they come. The chain must be this ledger's.
    /// </summary>
    /// <exception cref="InterchangeContradictionException">The file contradicts what was signed here.</exception>
    /// <exception cref="InterchangeException">The file breaks the format, is for another chain, or reaches beyond its limit.</exception>
    public async Task<InterchangeReport> ImportAsync(Stream file, ImportTerms terms, EvidenceWriter<InterchangeReport> evidence)
    {
        await _maintenance.WaitAsync();
        try
        {
            var staged = await StageAnewAsync(file);
            return await ChangeAsync(terms.Only, transaction =>
            {
                var report = TakeStaged(transaction, staged, terms);
                transaction.Forget();
                evidence.Write(transaction, report);
                return report;
            });
        }
        finally
        {
            _maintenance.Release();
        }
    }

    /// <summary>
    /// Exports the history of every known public key, also of retired ones, or only of those given; returns how many there were. A
    /// validator whose group key is known stands there under both keys, unless <paramref name="by"/> chooses, because the importer may know
    /// it by either. Signing goes on meanwhile: to move a key, retire it first.
    /// </summary>
    public async Task<int> ExportAsync(Stream file, IReadOnlyCollection<BlsPublicKey>? only = null, ExportedNames by = ExportedNames.Both)
    {
        await _maintenance.WaitAsync();
        try
        {
            var keys = await _ledger.ReadAsync(transaction => KeyTable.Named(transaction, by));
            var wanted = only is null ? keys : keys.FindAll(key => only.Contains(key.Key));
            await using var json = new Utf8JsonWriter(file);
            await new InterchangeExport(_ledger, json, Network.SlotsPerEpoch).WriteAsync(Chain, wanted);
            return wanted.Count;
        }
        finally
        {
            _maintenance.Release();
        }
    }

    private InterchangeReport TakeStaged(LedgerTransaction transaction, StagedFile staged, ImportTerms terms)
    {
        RequireChain(transaction, staged.GenesisValidatorsRoot);
        var report = InterchangeImport.Take(transaction, staged, terms);
        InterchangeStage.Clear(transaction);
        return report;
    }

    private async Task<StagedFile> StageAnewAsync(Stream file)
    {
        await WriteAsync(InterchangeStage.Clear);
        using var hash = SHA256.Create();
        await using var hashed = new CryptoStream(file, hash, CryptoStreamMode.Read, leaveOpen: true);
        var parser = new InterchangeParser(hashed);
        var (reading, writing) = (new List<InterchangeRecord>(RecordsPerWrite), new List<InterchangeRecord>(RecordsPerWrite));
        var written = Task.CompletedTask;
        try
        {
            await foreach (var record in parser.ReadAsync())
            {
                reading.Add(record);
                if (reading.Count == RecordsPerWrite)
                {
                    // The next records are read while these are written: neither waits unless the other is a whole write behind.
                    await written;
                    (reading, writing) = (writing, reading);
                    written = StageAsync(writing);
                }
            }
        }
        finally
        {
            // However the reading ended: nothing of this file may reach the stage once the next one may use it.
            await written;
        }

        await StageAsync(reading);
        return new StagedFile(parser.GenesisValidatorsRoot, new Root(hash.Hash), parser.WithoutList);
    }

    private async Task StageAsync(List<InterchangeRecord> records)
    {
        await WriteAsync(transaction => InterchangeStage.Add(transaction, records));
        records.Clear();
    }

    private void RequireChain(LedgerTransaction transaction, Root chain)
    {
        var state = HistoryStore.Of(transaction).Chain;
        if (chain != Chain)
        {
            throw new InterchangeException(
                $"metadata.genesis_validators_root is {chain}, this signer is for {Chain}",
                member: "metadata.genesis_validators_root"
            );
        }

        if (state.GenesisValidatorsRoot is null)
        {
            state.Pin(chain);
        }
    }

    private Task<bool> WriteAsync(Action<LedgerTransaction> work) =>
        _ledger.WriteAsync(transaction =>
        {
            work(transaction);
            return true;
        });
}
