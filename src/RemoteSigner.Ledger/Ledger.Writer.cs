namespace RemoteSigner.Ledgers;

/// <content>The writer thread: takes what waits, runs it in one transaction, commits once, and tells all who wait.</content>
public sealed partial class Ledger
{
    private void Run()
    {
        while (Take())
        {
            RunBatch();
            RepeatInReserve();
            foreach (var item in _batch)
            {
                item.Release();
            }

            _batch.Clear();
            _checkpoint.Note();
        }

        _checkpoint.Dispose();
        _database.Dispose();
        _ended.SetResult();
    }

    private bool Take()
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            (_queue, _batch) = (_batch, _queue);
            return _batch.Count > 0;
        }
    }

    private void RunBatch()
    {
        try
        {
            (_changes, _probed) = (_database.TotalChanges, 0);
            if (_broken is not null)
            {
                throw _broken;
            }

            _checkpoint.ThrowIfSyncFailed();

            _database.Run("BEGIN IMMEDIATE");
            for (var next = 0; next < _batch.Count; )
            {
                next = RunTogether(next);
            }

            _database.Run("COMMIT");
            _checkpoint.ThrowIfSyncFailed();
            _transaction.Settle();
            if (_database.TotalChanges != _changes && Written >= _failedBytes && _batch.TrueForAll(item => item.Failure is null))
            {
                (_lastFailure, _failedBytes) = (null, 0);
            }

            if (_transaction.TakeAppended())
            {
                WakeFollowers();
            }

            Interlocked.Increment(ref _commits);
            Interlocked.Add(ref _writes, _batch.Count);
        }
        catch (LedgerException e)
        {
            Abandon(e);
        }
    }

    // The disk is full: decisions are taken once more, in the space that was kept for them.
    private void RepeatInReserve()
    {
        if (_lastFailure is not { Fault: LedgerFault.DiskFull } || !_reserve.TryGiveUp())
        {
            return;
        }

        var whole = _batch;
        _batch = whole.FindAll(item => item is { IsRepeatable: true, Failure: LedgerException { Fault: LedgerFault.DiskFull } });
        _batch.ForEach(item => item.Failure = null);
        RunBatch();
        _batch = whole;
    }

    /// <summary>
    /// Runs work that may be repeated under one savepoint and with one row of entries, as hardly any of it fails; when one does, all is
    /// undone and each runs by itself. Work that may not be repeated runs by itself. The place after it.
    /// </summary>
    private int RunTogether(int first)
    {
        var end = first;
        while (end < _batch.Count && end - first < EntryTurn.MaxEntries && _batch[end].IsRepeatable)
        {
            end++;
        }

        if (end - first < 2)
        {
            RunItem(_batch[first]);
            return first + 1;
        }

        _database.Run("SAVEPOINT item");
        var before = _transaction.Mark;
        try
        {
            for (var next = first; next < end; next++)
            {
                _batch[next].Run(_transaction);
            }

            Finish();
        }
        catch (Exception e)
        {
            UndoItem(e, before);
            for (var next = first; next < end; next++)
            {
                RunItem(_batch[next]);
            }
        }

        return end;
    }

    private void RunItem(LedgerWork item)
    {
        _database.Run("SAVEPOINT item");
        var before = _transaction.Mark;
        try
        {
            item.Run(_transaction);
            Finish();
        }
        catch (Exception e)
        {
            item.Failure = e;
            UndoItem(e, before);
        }
    }

    private void Finish()
    {
        _transaction.WriteEntries();
        _database.ResetStatements();
        _database.Run("RELEASE item");
    }

    private void UndoItem(Exception e, int before)
    {
        _transaction.Undo(before);
        _database.ResetStatements();
        var failure = e as LedgerException;
        if (failure is { Code: not 0 })
        {
            Remember(failure);
        }

        // A disk that failed one piece of work is not asked for the others: after a lost fsync nothing may be built on it.
        if (_database.TransactionIsOver || failure is { Fault: LedgerFault.DiskFailure })
        {
            throw failure ?? LedgerException.From(SQLitePCL.raw.SQLITE_IOERR, "write", _database.Path, "the transaction ended early", e);
        }

        _database.Run("ROLLBACK TO item");
        _database.Run("RELEASE item");
    }

    /// <summary>
    /// Nobody in the batch gets a result: what was committed is unknown or nothing, and what was remembered may be wrong.
    /// </summary>
    private void Abandon(LedgerException reason)
    {
        _transaction.Undo(mark: 0);
        _database.ResetStatements();
        foreach (var item in _batch)
        {
            item.Failure ??= reason;
        }

        Remember(reason);

        if (reason.IsFailedSync)
        {
            _broken = reason;
        }

        if (!_database.TransactionIsOver)
        {
            RollBack();
        }
    }

    private void Remember(LedgerException failure) =>
        (_lastFailure, _failedBytes) = (failure, Math.Min(Math.Max(_failedBytes, Written), MaxProbed));

    // What the batch has written so far, about. SQLite's count of changes begins anew after 2^32.
    private long Written => (unchecked((uint)(_database.TotalChanges - _changes)) * (long)RowBytes) + _probed;

    private void RollBack()
    {
        try
        {
            _database.Run("ROLLBACK");
        }
        catch (LedgerException e)
        {
            _broken = new LedgerException(
                LedgerFault.DiskFailure,
                $"cannot take back an unfinished write to the ledger {_database.Path}: {e.Message}",
                "look for disk errors in the kernel log, then restart",
                e
            );
        }
    }
}
