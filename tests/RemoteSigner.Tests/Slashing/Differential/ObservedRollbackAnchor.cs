using RemoteSigner.Oracle;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Tests.RollbackProtection;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>
/// One process's use of the anchor, held against the model's life of a process: each thing it sends must be a step that the model may
/// take, and from what it reads follows what it may still do.
/// </summary>
internal sealed class ObservedRollbackAnchor(MortalRollbackAnchor anchor, Book book, Place place) : IRollbackAnchor
{
    // What it asked the anchor to count, and what may be the record there: what it saw last of its own, and what was sent since and not
    // heard of. As Laws.dfy has it: may, sending.
    private readonly List<ModelRecord> _claims = [];
    private readonly List<ModelRecord> _may = [];
    private readonly HashSet<ModelDuty> _covered = [];
    private readonly HashSet<ModelDuty> _granted = [];
    private (long Count, ModelRecord Record)? _seen;
    private ModelRecord? _found;
    private ModelRecord? _answered;

    public string Description => anchor.Description;

    public MortalRollbackAnchor Process => anchor;

    /// <summary>How the model judges the start; null until the anchor was read.</summary>
    public string? Decision { get; private set; }

    /// <summary>The start that opened its fence; null while none did.</summary>
    public long? Start { get; private set; }

    /// <summary>It read what another run wrote.</summary>
    public bool IsElsewhere { get; private set; }

    /// <summary>Of the record that it found.</summary>
    public ModelRecord Found => _found!;

    /// <summary>Nothing is granted any more: what is sent now says where the ledger ends.</summary>
    public bool IsStopping { get; set; }

    /// <summary>The last thing it read is what it claimed itself.</summary>
    public bool SeesItsClaim => _seen is var (count, record) && record.Start == count && _claims.Contains(record);

    /// <summary>Would the model let this duty pass the fence?</summary>
    public bool Lets(ModelDuty duty) =>
        Start is not null && !IsElsewhere && _may.TrueForAll(record => place.Model.Within(record.Bounds, duty));

    public void Cover(ModelDuty duty) => _covered.Add(duty);

    public void Grant(ModelDuty duty) => _granted.Add(duty);

    /// <summary>The fence opens.</summary>
    public void Open()
    {
        DisagreementException.ThrowUnless(SeesItsClaim, () => $"the fence opened, and the anchor shows {_seen}");
        _may.Add(_seen!.Value.Record);
        Start = _seen.Value.Count;
    }

    public async Task<RollbackAnchorReading?> ReadAsync(CancellationToken cancellation)
    {
        var reading = await anchor.ReadAsync(cancellation);
        See((long)reading!.Count, book.RecordOf(reading.Record.Span));
        return reading;
    }

    public async Task CountAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation)
    {
        var claim = book.Enter(record.Span, stopped: null);
        DisagreementException.ThrowUnless(claim.Start == (long)from.Count + 1, () => $"{claim} was to be counted after {from.Count}");
        RequireBounds(claim);
        _claims.Add(claim);
        place.Model = place.Model.Note(claim.Start, Decision!, Found);
        await anchor.CountAsync(from, record, cancellation);
    }

    public async Task WriteRecordAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation)
    {
        var sent = book.Enter(record.Span, IsStopping ? place.Model : null);
        DisagreementException.ThrowUnless(sent.Start == Start && (IsStopping || sent.Run == _may[0].Run), () =>
            $"start {Start} sent {sent}"
        );
        RequireBounds(sent);
        _answered = null;
        _may.Add(sent);
        await anchor.WriteRecordAsync(from, record, cancellation);
        _answered = sent;
    }

    public Task CreateAsync(CancellationToken cancellation) => anchor.CreateAsync(cancellation);

    public Task DiscardAsync(CancellationToken cancellation) => anchor.DiscardAsync(cancellation);

    public Task<string?> FindStrangerAsync(CancellationToken cancellation) => anchor.FindStrangerAsync(cancellation);

    public Task ClearAsync(CancellationToken cancellation) => anchor.ClearAsync(cancellation);

    public Task<string?> FindRollbackAsync(CancellationToken cancellation) => anchor.FindRollbackAsync(cancellation);

    private void See(long count, ModelRecord record)
    {
        if (_found is null)
        {
            (_found, Decision) = (record, place.Model.Decide(count, record));
        }

        _seen = (count, record);
        if (Start is null)
        {
            return;
        }

        if (count != Start || !_may.Contains(record))
        {
            IsElsewhere = true;
        }
        else if (record == _answered)
        {
            _may.RemoveAll(other => other != record);
        }
    }

    // Send in Laws.dfy: never below what was found, nor below what was let pass; once it stops, that is what was granted.
    private void RequireBounds(ModelRecord sent)
    {
        DisagreementException.ThrowUnless(place.Model.AtMost(Found.Bounds, sent.Bounds), () => $"{sent} is below {Found}, which was found");
        DisagreementException.ThrowUnless((IsStopping ? _granted : _covered).All(duty => place.Model.Within(sent.Bounds, duty)), () =>
            $"{sent} does not cover what passed the fence"
        );
    }
}
