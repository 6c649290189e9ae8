using RemoteSigner.RollbackProtection;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>How a kind of hardware counts and writes.</summary>
internal enum RollbackAnchorKind
{
    /// <summary>A TPM: counting is atomic, comparing and writing are two steps.</summary>
    Counter,

    /// <summary>A token: objects are made, listed and destroyed, and no two of these are one step.</summary>
    Objects,
}

/// <summary>
/// The memory of a model of hardware, which keeps what it took through every crash and restore of whoever uses it. Each member is one step
/// of the hardware.
/// </summary>
internal sealed class ModelMemory(RollbackAnchorKind kind)
{
    private readonly Lock _gate = new();
    private readonly List<Held> _objects = [];
    private ulong _counter = 5;
    private byte[] _record = [];
    private ulong _lastId;

    public RollbackAnchorKind Kind => kind;

    public string Identity { get; set; } = "model 1";

    public bool Exists { get; set; }

    public int Writes { get; private set; }

    /// <summary>Another one that holds the same.</summary>
    public ModelMemory Copy()
    {
        var copy = new ModelMemory(kind)
        {
            Identity = Identity,
            Exists = Exists,
            _counter = _counter,
            _record = _record,
            _lastId = _lastId,
        };
        copy._objects.AddRange(_objects);
        return copy;
    }

    /// <summary>Does one step, if <paramref name="guard"/> lets it.</summary>
    public T Do<T>(Action guard, Func<T> step)
    {
        lock (_gate)
        {
            guard();
            return step();
        }
    }

    public ulong Counter
    {
        get => _counter;
        set => _counter = value;
    }

    public byte[] Record
    {
        get => kind == RollbackAnchorKind.Objects ? Newest(_objects)!.Record : _record;
        set => _record = value;
    }

    public byte[] Write(byte[] record)
    {
        Writes++;
        return _record = record;
    }

    public List<Held> List() => [.. _objects];

    public Held Make(Held? previous, ulong count, byte[] record)
    {
        var made = new Held(++_lastId, previous?.Id ?? 0, count, record);
        _objects.Add(made);
        Writes++;
        return made;
    }

    public void Destroy(Held held) => _objects.Remove(held);

    /// <summary>As in <see cref="TokenAnchor"/>: the one that no other one replaced.</summary>
    public static Held? Newest(List<Held> objects)
    {
        var ends = objects.FindAll(one => !objects.Exists(other => other.Previous == one.Id));
        return ends.Count < 2
            ? ends.SingleOrDefault()
            : throw new RollbackAnchorException(
                RollbackAnchorFault.Contested,
                "two objects were written independently of each other",
                "delete them"
            );
    }

    public RollbackAnchorReading? Read() =>
        !Exists ? null
        : kind == RollbackAnchorKind.Counter ? new RollbackAnchorReading(Identity, _counter, _record.ToArray())
        : Newest(_objects) is { } newest ? new RollbackAnchorReading(Identity, newest.Count, newest.Record.ToArray())
        : null;

    internal sealed record Held(ulong Id, ulong Previous, ulong Count, byte[] Record);
}
