using RemoteSigner.Freshness;

namespace RemoteSigner.Tests.Freshness;

/// <summary>The process was killed here.</summary>
internal sealed class ProcessDiedException : Exception;

/// <summary>A witness as one process sees it: the process may die before or after any step, and what it began does not reach the hardware later; some writes fail.</summary>
internal sealed class MortalWitness(ModelWitness hardware) : IFreshnessWitness
{
    private readonly Lock _gate = new();
    private bool _dead;

    /// <summary>Steps until death; negative: for ever.</summary>
    public int StepsLeft { get; set; } = -1;

    /// <summary>How many of the next changes fail, by turns made and not made.</summary>
    public int Faults { get; set; }

    public bool IsDead
    {
        get
        {
            lock (_gate)
            {
                return _dead;
            }
        }
    }

    public string Description => hardware.Description;

    public void Kill()
    {
        lock (_gate)
        {
            _dead = true;
        }
    }

    public Task CreateAsync(CancellationToken cancellation) => ChangeAsync(() => hardware.CreateAsync(cancellation));

    public Task<WitnessReading?> ReadAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            Step();
            return hardware.ReadAsync(cancellation);
        }
    }

    public Task IncrementAsync(CancellationToken cancellation) => ChangeAsync(() => hardware.IncrementAsync(cancellation));

    public Task WriteRecordAsync(ReadOnlyMemory<byte> record, CancellationToken cancellation) => ChangeAsync(() => hardware.WriteRecordAsync(record, cancellation));

    private Task ChangeAsync(Func<Task> change)
    {
        lock (_gate)
        {
            Step();
            if (Faults > 0 && Faults-- % 2 == 0)
            {
                throw ModelWitness.Fault();
            }

            var done = change();
            Step();
            return Faults > 0 && Faults-- % 2 == 0 ? throw ModelWitness.Fault() : done;
        }
    }

    private void Step()
    {
        _dead |= StepsLeft == 0;
        StepsLeft = Math.Max(-1, StepsLeft - 1);
        if (_dead)
        {
            throw new ProcessDiedException();
        }
    }
}
