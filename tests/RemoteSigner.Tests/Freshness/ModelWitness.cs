using RemoteSigner.Freshness;

namespace RemoteSigner.Tests.Freshness;

/// <summary>A witness in memory that does what hardware does: it keeps what it took through every crash and restore of the signer, and fails as told.</summary>
internal sealed class ModelWitness : IFreshnessWitness
{
    public string Description => "model";

    public string Identity { get; set; } = "model 1";

    public ulong Count { get; set; }

    public byte[] Record { get; set; } = [];

    public bool Exists { get; set; }

    public int Writes { get; private set; }

    /// <summary>Called before and after each change; throws to stand for a crash or a fault.</summary>
    public Action<string> Step { get; set; } = _ => { };

    /// <summary>What a write waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public static WitnessException Fault() => new(WitnessFault.Unreachable, "the model does not answer", "wait");

    public Task CreateAsync(CancellationToken cancellation)
    {
        if (Exists)
        {
            throw new WitnessException(WitnessFault.Exists, "there is one", "clear it");
        }

        (Exists, Count) = (true, Count + 5);
        return Task.CompletedTask;
    }

    public Task<WitnessReading?> ReadAsync(CancellationToken cancellation)
    {
        Step("read");
        return Task.FromResult(Exists ? new WitnessReading(Identity, Count, Record.ToArray()) : null);
    }

    public Task IncrementAsync(CancellationToken cancellation)
    {
        Step("before increment");
        Count++;
        Step("after increment");
        return Task.CompletedTask;
    }

    public async Task WriteRecordAsync(ReadOnlyMemory<byte> record, CancellationToken cancellation)
    {
        Step("before write");
        await Gate;
        Record = record.ToArray();
        Writes++;
        Step("after write");
    }
}
