using System.Collections.Immutable;
using RemoteSigner.Access;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// What the batch endpoints share. A batch is bound by its bytes alone, at most <see cref="WireFormat.MaxBatchLength"/>, and signed in parts of <see cref="PartLength"/> keys, each one durable commit: while one
/// part is signed and told the next is decided. So the memory for it does not grow with its length, and others come in between.
/// </summary>
internal sealed class BatchSigning(SignRecorder recorder, SigningPlaces waiting, TimeProvider time) : IDisposable
{
    /// <summary>So many keys share a transaction and are signed together.</summary>
    public const int PartLength = 4096;

    // Of long batches, from the first byte that is read to the last that is told: each takes some MiB, and as long as its client takes.
    private const int LongAtOnce = 8;
    private const int LongOfAClient = 2;

    // Of all batches together: a part takes a few MiB. One that is short takes no place, and waits for none.
    private const int PartsAtOnce = 4;
    private const int Short = 1024;

    private readonly LargeBodies _bodies = new(WireFormat.MaxBatchLength, atOnce: LongAtOnce, time, hint: ", about 41,000 keys: send the others in another request");
    private readonly SemaphoreSlim _places = new(PartsAtOnce);
    private readonly Lock _gate = new();
    private readonly List<string> _long = [];

    /// <summary>The batch, or what is wrong with it.</summary>
    public ValueTask<(SignBatch? Batch, MalformedRequest? Fault)> ReadAsync(HttpContext context) =>
        _bodies.ReadAsync<SignBatch>(context, WireFormat.MaxBodyLength, WireFormat.TryReadBatch, WireFormat.TryReadBatch, (asked, _, _) => Admit(asked));

    /// <summary>Signs, and answers with a result for each key, in their order.</summary>
    /// <param name="context">The request.</param>
    /// <param name="keys">As they were named.</param>
    /// <param name="order">What is asked for with the key of this number.</param>
    /// <param name="write">Writes what belongs to the signature with the key of this number.</param>
    public async Task SignAsync(HttpContext context, ImmutableArray<BlsPublicKey> keys, Func<int, SignOrder> order, Action<BatchAnswer, int, SignOutcome.Signed> write)
    {
        // Of a long one a part waits for the signer, while the one before it is told.
        var (client, orders) = (context.Features.Get<Client>()?.Name ?? "", Math.Min(keys.Length, PartLength));
        if (!waiting.TryTake(client, orders, isProposal: false))
        {
            await recorder.RefuseAsync(context, MalformedRequest.TooManyWait);
            return;
        }

        try
        {
            await SignPartsAsync(context, keys, order, write);
        }
        finally
        {
            waiting.GiveBack(client, orders);
        }
    }

    private async Task SignPartsAsync(HttpContext context, ImmutableArray<BlsPublicKey> keys, Func<int, SignOrder> order, Action<BatchAnswer, int, SignOutcome.Signed> write)
    {
        using var answer = new BatchAnswer(context);
        Task before = Task.CompletedTask, last = Task.CompletedTask;
        try
        {
            for (var first = 0; first < keys.Length; first += PartLength)
            {
                await before;
                context.RequestAborted.ThrowIfCancellationRequested();

                // Whoever takes his time with the answer may have lost his leave meanwhile.
                ClientNaming.RequireSame(context);
                var start = first;
                SignOrder[] orders = [.. Enumerable.Range(start, Math.Min(PartLength, keys.Length - start)).Select(order)];
                (before, last) = (last, SignPartAsync(orders, last, outcomes => answer.AddAsync(orders.Length, i => Write(answer, keys[start + i], start + i, outcomes[i], write))));
            }

            await last;
            await answer.EndAsync();
        }
        finally
        {
            // A part that was begun is finished before its request ends.
            await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A digest was to be signed: in the audit log before it is told, for each key.</summary>
    public async Task RefuseGenericAsync(HttpContext context, ImmutableArray<BlsPublicKey> keys)
    {
        await recorder.RecordGenericAsync(context);
        using var answer = new BatchAnswer(context);
        await answer.AddAsync(keys.Length, i => Refuse(answer, keys[i], SignBatchError.Generic));
        await answer.EndAsync();
    }

    public void Dispose()
    {
        _bodies.Dispose();
        _places.Dispose();
    }

    // Until the answer has ended, well or not.
    private MalformedRequest? Admit(HttpContext context)
    {
        var client = context.Features.Get<Client>()?.Name ?? "";
        lock (_gate)
        {
            if (_long.Count >= LongAtOnce || _long.Count(one => one == client) >= LongOfAClient)
            {
                return new MalformedRequest(MalformedRequest.Busy, "other long batches are being read and answered: ask again");
            }

            _long.Add(client);
        }

        context.Response.RegisterForDispose(new Admission(this, client));
        return null;
    }

    private static void Write(BatchAnswer answer, BlsPublicKey key, int number, SignOutcome outcome, Action<BatchAnswer, int, SignOutcome.Signed> write)
    {
        if (outcome is SignOutcome.Signed signed)
        {
            WriteIdentifier(answer, key);
            write(answer, number, signed);
        }
        else
        {
            Refuse(answer, key, SignBatchError.Of(outcome));
        }
    }

    private static void Refuse(BatchAnswer answer, BlsPublicKey key, SignBatchError error)
    {
        WriteIdentifier(answer, key);
        answer.Error(error);
    }

    private static void WriteIdentifier(BatchAnswer answer, BlsPublicKey key) => answer.Hex("\"identifier\":\"0x"u8, key.Bytes);

    // It is told after the part before it, and whoever reads slowly keeps no place meanwhile.
    private async Task SignPartAsync(SignOrder[] orders, Task earlier, Func<IReadOnlyList<SignOutcome>, Task> answer)
    {
        using var place = orders.Length > Short ? await Place.TakeAsync(_places) : null;
        await recorder.SignAllAsync(orders, async outcomes =>
        {
            place?.Dispose();
            await earlier;
            await answer(outcomes);
        });
    }

    private sealed class Admission(BatchSigning batches, string client) : IDisposable
    {
        public void Dispose()
        {
            lock (batches._gate)
            {
                _ = batches._long.Remove(client);
            }
        }
    }

    private sealed class Place : IDisposable
    {
        private SemaphoreSlim? _places;

        public static async Task<Place> TakeAsync(SemaphoreSlim places)
        {
            await places.WaitAsync();
            return new Place { _places = places };
        }

        public void Dispose()
        {
            _places?.Release();
            _places = null;
        }
    }
}
