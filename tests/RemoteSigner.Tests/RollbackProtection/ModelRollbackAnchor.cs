using RemoteSigner.RollbackProtection;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// One process's view of a model of hardware: the same steps in the same order as the real kinds, each of which may be delayed, made to
/// fail, or be the last.
/// </summary>
internal sealed class ModelRollbackAnchor(ModelMemory memory) : IRollbackAnchor
{
    public ModelRollbackAnchor()
        : this(new ModelMemory(RollbackAnchorKind.Counter)) { }

    public string Description => "model";

    public ModelMemory Memory => memory;

    public ulong Count
    {
        get => memory.Counter;
        set => memory.Counter = value;
    }

    public byte[] Record
    {
        get => memory.Record;
        set => memory.Record = value;
    }

    public int Writes => memory.Writes;

    /// <summary>Called before and after each step; throws to stand for a crash or a fault.</summary>
    public Action<string> Step { get; set; } = _ => { };

    /// <summary>What each step waits for.</summary>
    public Func<string, Task> Turn { get; set; } = _ => Task.CompletedTask;

    /// <summary>Why a restore of the machine would put it back as well.</summary>
    public string? Rollback { get; set; }

    /// <summary>What a write waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Throws where the process is dead: nothing of it reaches the hardware any more.</summary>
    public Action Guard { get; set; } = () => { };

    public static RollbackAnchorException Fault() => new(RollbackAnchorFault.Unreachable, "the model does not answer", "wait");

    public static RollbackAnchorException Contested() => new(RollbackAnchorFault.Contested, "another process uses the model", "stop it");

    /// <summary>At this moment of a step it does not answer, each time until <see cref="Step"/> is set anew.</summary>
    public void FailAt(string moment) => Step = step => _ = step == moment ? throw Fault() : step;

    public Task CreateAsync(CancellationToken cancellation)
    {
        if (memory.Exists)
        {
            throw new RollbackAnchorException(RollbackAnchorFault.Exists, "there is one", "clear it");
        }

        memory.Exists = true;
        if (memory.Kind == RollbackAnchorKind.Objects)
        {
            memory.Make(null, 5, []);
        }

        return Task.CompletedTask;
    }

    public Task DiscardAsync(CancellationToken cancellation)
    {
        memory.List().ForEach(memory.Destroy);
        memory.Exists = false;
        return Task.CompletedTask;
    }

    public Task<RollbackAnchorReading?> ReadAsync(CancellationToken cancellation) => DoAsync("read", memory.Read);

    public async Task CountAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation)
    {
        if (memory.Kind == RollbackAnchorKind.Objects)
        {
            await ReplaceAsync(from, "increment", from.Count + 1, record.ToArray());
            return;
        }

        Require(await DoAsync("compare", memory.Read), from.Count, from);
        await DoAsync("increment", () => memory.Counter++);
        Require(await DoAsync("compare again", memory.Read), from.Count + 1, from);
        await DoAsync("first write", () => memory.Write(record.ToArray()));
    }

    public async Task WriteRecordAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation)
    {
        if (memory.Kind == RollbackAnchorKind.Objects)
        {
            await ReplaceAsync(from, "write", from.Count, record.ToArray());
            return;
        }

        Require(await DoAsync("compare", memory.Read), from.Count, from);
        await DoAsync("write", () => memory.Write(record.ToArray()));
    }

    public Task<string?> FindStrangerAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);

    public Task ClearAsync(CancellationToken cancellation) => DiscardAsync(cancellation);

    public Task<string?> FindRollbackAsync(CancellationToken cancellation) => Task.FromResult(Rollback);

    private static void Require(RollbackAnchorReading? now, ulong count, RollbackAnchorReading from)
    {
        if (now is null || now.Identity != from.Identity || !now.Shows(count, from.Record.Span))
        {
            throw Contested();
        }
    }

    private async Task ReplaceAsync(RollbackAnchorReading from, string name, ulong count, byte[] record)
    {
        var before = await DoAsync("list", memory.List);
        var current = ModelMemory.Newest(before)
            ?? throw new RollbackAnchorException(RollbackAnchorFault.Missing, "there is none", "make one");
        if (current.Count != from.Count || !from.Record.Span.SequenceEqual(current.Record))
        {
            throw Contested();
        }

        var made = await DoAsync(name, () => memory.Make(current, count, record));
        var after = await DoAsync("list again", memory.List);
        if (after.Exists(other => other != made && !before.Contains(other)))
        {
            await DoAsync("take back", () => memory
                    .List()
                    .ForEach(one =>
                    {
                        if (one == made)
                        {
                            memory.Destroy(one);
                        }
                    }));
            throw Contested();
        }

        foreach (var old in before)
        {
            await DoAsync("destroy", () => memory.Destroy(old));
        }
    }

    private Task<bool> DoAsync(string name, Action step) => DoAsync(name, () =>
        {
            step();
            return true;
        });

    private async Task<T> DoAsync<T>(string name, Func<T> step)
    {
        await Turn(name);
        Step(name is "read" ? name : $"before {name}");
        if (name is "write" or "first write")
        {
            await Gate;
        }

        var result = memory.Do(Guard, step);
        Step(name is "read" ? "seen" : $"after {name}");
        return result;
    }
}
