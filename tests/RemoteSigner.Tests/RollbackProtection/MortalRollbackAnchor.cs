using RemoteSigner.RollbackProtection;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>The process was killed here.</summary>
internal sealed class ProcessDiedException : Exception;

/// <summary>
/// An anchor as one process sees it: the process may die before or after any step, and what it began does not reach the hardware later;
/// some writes fail, made or not made.
/// </summary>
internal sealed class MortalRollbackAnchor : IRollbackAnchor
{
    private readonly ModelRollbackAnchor _view;
    private readonly Lock _gate = new();
    private bool _dead;

    public MortalRollbackAnchor(ModelMemory memory) => _view = new ModelRollbackAnchor(memory) { Step = Step, Guard = RequireLife };

    /// <summary>Steps until death; negative: for ever.</summary>
    public int StepsLeft { get; set; } = -1;

    /// <summary>How many of the next changes fail, by turns made and not made.</summary>
    public int Faults { get; set; }

    /// <summary>What a write waits for.</summary>
    public Task Gate
    {
        get => _view.Gate;
        set => _view.Gate = value;
    }

    /// <summary>What each step waits for.</summary>
    public Func<string, Task> Turn
    {
        get => _view.Turn;
        set => _view.Turn = value;
    }

    public bool IsDead => Volatile.Read(ref _dead);

    public string Description => _view.Description;

    public void Kill() => _view.Memory.Do(() => { }, () => _dead = true);

    public Task CreateAsync(CancellationToken cancellation) => _view.CreateAsync(cancellation);

    public Task DiscardAsync(CancellationToken cancellation) => _view.DiscardAsync(cancellation);

    public Task<RollbackAnchorReading?> ReadAsync(CancellationToken cancellation) => _view.ReadAsync(cancellation);

    public Task CountAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation) =>
        _view.CountAsync(from, record, cancellation);

    public Task WriteRecordAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation) =>
        _view.WriteRecordAsync(from, record, cancellation);

    public Task<string?> FindStrangerAsync(CancellationToken cancellation) => _view.FindStrangerAsync(cancellation);

    public Task ClearAsync(CancellationToken cancellation) => _view.ClearAsync(cancellation);

    public Task<string?> FindRollbackAsync(CancellationToken cancellation) => _view.FindRollbackAsync(cancellation);

    private void RequireLife()
    {
        if (_dead)
        {
            throw new ProcessDiedException();
        }
    }

    private void Step(string name)
    {
        lock (_gate)
        {
            if (StepsLeft == 0)
            {
                Volatile.Write(ref _dead, true);
            }

            StepsLeft = Math.Max(-1, StepsLeft - 1);
            RequireLife();
            if (name.EndsWith("increment", StringComparison.Ordinal) || name.EndsWith("write", StringComparison.Ordinal))
            {
                if (Faults > 0 && Faults-- % 2 == 0)
                {
                    throw ModelRollbackAnchor.Fault();
                }
            }
        }
    }
}
