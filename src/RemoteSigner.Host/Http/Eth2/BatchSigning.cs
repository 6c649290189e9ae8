using System.Collections.Immutable;
using RemoteSigner.Access;
using RemoteSigner.Host.Running;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// What the batch endpoints share. A batch is bound by its bytes alone, at most <see cref="WireFormat.MaxBatchLength"/>, and signed in
/// parts of <see cref="PartLength"/> keys, each one durable commit: while one part is signed and told the next is decided. So the memory
/// for it does not grow with its length, and others come in between.
/// </summary>
internal sealed class BatchSigning(SignRecorder recorder, TimeProvider time) : IDisposable
{
    /// <summary>So many keys share a transaction and are signed together.</summary>
    public const int PartLength = 4096;

    // Of long batches, while they are read, and from the first byte to the last that is told: each takes some MiB, and as long as its
    // client takes.
    private const int LongReadAtOnce = 8;
    private const int LongAtOnce = 32;
    private const int LongOfAClient = 2;

    // Of all batches together: a part takes a few MiB, and what else its client asks for needs places as well. One that is short takes no
    // place, and waits for none.
    private const int PartsAtOnce = 3;
    private const int Short = 1024;

    // Of what is signed and not told yet, two parts of a batch: those whose clients read slowly, or not at all, keep no place from whoever
    // waits for the signer, and one client none from others. A result that waits takes a third of a KB.
    private readonly SigningPlaces _untold = new(most: 64 * PartLength, forProposals: 0, share: 8);

    private readonly LargeBodies _bodies = new(
        WireFormat.MaxBatchLength,
        atOnce: LongReadAtOnce,
        time,
        hint: ", about 41,000 keys: send the others in another request"
    );
    private readonly SemaphoreSlim _places = new(PartsAtOnce);
    private readonly Lock _gate = new();
    private readonly List<string> _long = [];

    /// <summary>The batch, or what is wrong with it.</summary>
    public ValueTask<(SignBatch? Batch, MalformedRequest? Fault)> ReadAsync(HttpContext context) =>
        _bodies.ReadAsync<SignBatch>(context, WireFormat.MaxBodyLength, WireFormat.TryReadBatch, WireFormat.TryReadBatch, (asked, _, _) =>
            Admit(asked)
        );

    /// <summary>Signs, and answers with a result for each key, in their order.</summary>
    /// <param name="context">The request.</param>
    /// <param name="keys">As they were named.</param>
    /// <param name="order">What is asked for with the key of this number.</param>
    /// <param name="write">Writes what belongs to the signature with the key of this number.</param>
    public async Task SignAsync(
        HttpContext context,
        ImmutableArray<BlsPublicKey> keys,
        Func<int, SignOrder> order,
        Action<BatchResult, int, SignOutcome.Signed> write
    )
    {
        var (client, results) = (context.Features.Get<Client>()?.Name ?? "", Math.Min(keys.Length, 2 * PartLength));
        if (!_untold.TryTake(client, results, isProposal: false))
        {
            await recorder.RefuseAsync(context, TooManyUntold);
            return;
        }

        try
        {
            await SignPartsAsync(context, keys, order, write);
        }
        finally
        {
            _untold.GiveBack(client, results);
        }
    }

    private async Task SignPartsAsync(
        HttpContext context,
        ImmutableArray<BlsPublicKey> keys,
        Func<int, SignOrder> order,
        Action<BatchResult, int, SignOutcome.Signed> write
    )
    {
        using var answer = new BatchResult(context);
        Task before = Task.CompletedTask,
            last = Task.CompletedTask;
        var isRefused = false;
        try
        {
            for (var first = 0; first < keys.Length; first += PartLength)
            {
                await before;
                if (isRefused)
                {
                    break;
                }

                context.RequestAborted.ThrowIfCancellationRequested();

                // Whoever takes his time with the answer may have lost his leave meanwhile.
                ClientNaming.RequireSame(context);
                var start = first;
                SignOrder[] orders = [.. Enumerable.Range(start, Math.Min(PartLength, keys.Length - start)).Select(order)];
                (before, last) = (last, SignPartAsync(orders, last, outcomes => TellAsync(start, outcomes)));
            }

            await last;
            if (!isRefused)
            {
                await answer.EndAsync();
            }
        }
        finally
        {
            // A part that was begun is finished before its request ends.
            await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Where the signer does not come to the first part, nothing is told of any; after that each key has its own.
        async Task TellAsync(int start, IReadOnlyList<SignOutcome> outcomes)
        {
            if (start == 0 && outcomes[0] is SignOutcome.Busy(var detail))
            {
                isRefused = true;
                await recorder.RefuseAsync(context, new MalformedRequest(MalformedRequest.Busy, detail));
            }
            else if (!isRefused)
            {
                await answer.AddAsync(outcomes.Count, i => Write(answer, keys[start + i], start + i, outcomes[i], write));
            }
        }
    }

    /// <summary>A digest was to be signed: in the audit log before it is told, for each key.</summary>
    public async Task RefuseGenericAsync(HttpContext context, ImmutableArray<BlsPublicKey> keys)
    {
        await recorder.RecordGenericAsync(context);
        using var answer = new BatchResult(context);
        await answer.AddAsync(keys.Length, i => Refuse(answer, keys[i], SignBatchError.Generic));
        await answer.EndAsync();
    }

    public void Dispose()
    {
        _bodies.Dispose();
        _places.Dispose();
    }

    private static MalformedRequest TooManyUntold { get; } =
        new(MalformedRequest.Busy, "answers to other batches of this client, or of many, wait to be read: read them, then ask again");

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

    private static void Write(
        BatchResult answer,
        BlsPublicKey key,
        int number,
        SignOutcome outcome,
        Action<BatchResult, int, SignOutcome.Signed> write
    )
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

    private static void Refuse(BatchResult answer, BlsPublicKey key, SignBatchError error)
    {
        WriteIdentifier(answer, key);
        answer.Error(error);
    }

    private static void WriteIdentifier(BatchResult answer, BlsPublicKey key) => answer.Hex("\"identifier\":\"0x"u8, key.Bytes);

    // It is told after the part before it, and whoever reads slowly keeps no place meanwhile.
    private async Task SignPartAsync(SignOrder[] orders, Task earlier, Func<IReadOnlyList<SignOutcome>, Task> answer)
    {
        if (orders.Length > Short && !await _places.WaitAsync(SigningWait.TimeoutWithMany))
        {
            await recorder.TellLateAsync(orders, TellAsync);
            return;
        }

        using var place = orders.Length > Short ? new Place(_places) : null;
        await recorder.SignAllAsync(orders, outcomes =>
        {
            place?.Dispose();
            return TellAsync(outcomes);
        });

        async Task TellAsync(IReadOnlyList<SignOutcome> outcomes)
        {
            await earlier;
            await answer(outcomes);
        }
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

    // To be given back once, by whoever is first.
    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? _places = places;

        public void Dispose()
        {
            _places?.Release();
            _places = null;
        }
    }
}
