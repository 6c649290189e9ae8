using System.Numerics;
using Dafny;
using RemoteSigner.Oracle.Model.Fences;
using RemoteSigner.Oracle.Model.Histories;
using RemoteSigner.Oracle.Model.Ledgers;
using RemoteSigner.Oracle.Model.Rules;
using OfFences = RemoteSigner.Oracle.Model.Fences.__default;
using OfLedgers = RemoteSigner.Oracle.Model.Ledgers.__default;
using OfRules = RemoteSigner.Oracle.Model.Rules.__default;

namespace RemoteSigner.Oracle.Model;

/// <summary>Between numbers and the types of the translation; nothing is decided here.</summary>
public sealed class ModelLedger(_ILedger ledger) : IModelLedger
{
    public ModelLedger()
        : this(OfLedgers.Empty) { }

    public long Start => (long)ledger.dtor_start;

    public ModelBounds? LowWatermark => ledger.dtor_floor.is_Some ? BoundsOf(ledger.dtor_floor.dtor_value) : null;

    public bool MayAsk(int key, int? group) => OfLedgers.MayAsk(ledger, key, Big(group));

    public (string Verdict, IModelLedger After) Permit(int key, int? group, ModelDuty duty)
    {
        var permit = OfLedgers.Permit(ledger, key, Big(group), Of(duty));
        var verdict = permit.dtor__0;
        return (
            verdict.is_Refused ? Name(verdict.dtor_rule)
            : verdict.dtor_again ? IModelLedger.AllowedAgain
            : IModelLedger.Allowed,
            Next(permit.dtor__1)
        );
    }

    public (string Registration, IModelLedger After) Register(
        int key,
        int? group,
        string stated,
        (long Slot, long Source, long Target) from
    )
    {
        var past = stated switch
        {
            "FromHistory" => Stated.create_FromHistory(),
            "NeverSigned" => Stated.create_NeverSigned(),
            "Continued" => Stated.create_Continued(),
            _ => Stated.create_FromNow(from.Slot, VoteFloor.create(from.Source, from.Target)),
        };
        var done = OfLedgers.Register(ledger, key, Big(group), past);
        return (Name(done.dtor__0), Next(done.dtor__1));
    }

    public IModelLedger? Release(int share, int? group) =>
        OfLedgers.Release(ledger, share, Big(group)) is { is_Some: true } released ? Next(released.dtor_value) : null;

    public IModelLedger Become(int key, string state) =>
        Next(OfLedgers.Become(ledger, key, KeyState.AllSingletonConstructors.Single(one => Name(one) == state)));

    public string? StateOf(int key) =>
        ledger.dtor_keys.Contains<BigInteger>(key) ? Name(Map<BigInteger, _IKeyEntry>.Select(ledger.dtor_keys, key).dtor_state) : null;

    public IModelLedger Prune(long keepEpochs) => Next(OfLedgers.Prune(ledger, keepEpochs));

    public IModelLedger RaiseLow(int key, long? slot, long? epoch) => Next(OfLedgers.RaiseLow(ledger, key, Big(slot), Big(epoch)));

    public IModelLedger SetHigh((long Slot, long Epoch)? high) =>
        Next(Ledger.create(ledger.dtor_start, ledger.dtor_keys, ledger.dtor_histories, ledger.dtor_next, ledger.dtor_floor, High(high)));

    public (string Outcome, IModelLedger After) Import(IReadOnlyList<ModelLine> file, ModelTerms terms)
    {
        var lines = file.Select(line =>
            Line.create(
                line.Key,
                Imported.create(
                    Sequence<_IBlock>.FromArray([.. line.Told.Where(duty => duty.IsBlock).Select(BlockOf)]),
                    Sequence<_IVote>.FromArray([.. line.Told.Where(duty => !duty.IsBlock).Select(VoteOf)])
                )
            )
        );
        var only = terms.Only is { } keys
            ? Option<Dafny.ISet<BigInteger>>.create_Some(Dafny.Set<BigInteger>.FromCollection(keys.Select(key => (BigInteger)key)))
            : Option<Dafny.ISet<BigInteger>>.create_None();
        var taken = OfLedgers.Import(
            ledger,
            Sequence<_ILine>.FromArray([.. lines]),
            Terms.create(only, High(terms.Limit), terms.LowWatermarksAtLowest)
        );
        return taken.is_Taken ? (IModelLedger.Taken, Next(taken.dtor_ledger)) : (Name(taken), this);
    }

    public IModelLedger RaiseLowWatermark(ModelBounds lowWatermark) => Next(OfLedgers.RaiseFloor(ledger, Of(lowWatermark)));

    public IModelLedger EndLowWatermark(ModelBounds? beneath) =>
        Next(
            OfLedgers.EndFloor(
                ledger,
                beneath is { } bounds ? Option<_ISignedBounds>.create_Some(Of(bounds)) : Option<_ISignedBounds>.create_None()
            )
        );

    public string Decide(long count, ModelRecord record) => Name(OfFences.Decide(ledger, count, Of(record)));

    public IModelLedger Note(long start, string decision, ModelRecord record) =>
        Next(OfFences.Note(ledger, start, Decision.AllSingletonConstructors.Single(one => Name(one) == decision), Of(record)));

    public bool Within(ModelBounds bounds, ModelDuty duty) => OfRules.Within(Of(bounds), Of(duty));

    public bool AtMost(ModelBounds one, ModelBounds other) => OfFences.AtMost(Of(one), Of(other));

    public bool Conflict(ModelDuty one, ModelDuty other) => OfRules.Conflict(Of(one), Of(other));

    public IReadOnlyList<int> KeysWith(int key) =>
        [.. ledger.dtor_keys.ItemEnumerable.Where(one => one.Cdr.dtor_history == HistoryOf(key)).Select(one => (int)one.Car)];

    public (long? Slot, (long Source, long Target)? Vote) LowWatermarksOf(int key) =>
        HistoryOf(key) is { } id ? LowWatermarksOf(Map<BigInteger, _IHistory>.Select(ledger.dtor_histories, id)) : (null, null);

    public IReadOnlyList<string> Describe()
    {
        var keys = ledger.dtor_keys.ItemEnumerable.OrderBy(one => one.Car).ToList();
        var lines = new List<string>
        {
            ModelText.Head(
                ledger.dtor_high is { is_Some: true, dtor_value: var high } ? ((long)high.dtor_slot, (long)high.dtor_epoch) : null,
                LowWatermark
            ),
        };
        lines.AddRange(keys.Select(one => ModelText.Key((int)one.Car, Name(one.Cdr.dtor_state), one.Cdr.dtor_isGroup)));
        foreach (var shared in keys.GroupBy(one => one.Cdr.dtor_history, one => (int)one.Car))
        {
            var history = Map<BigInteger, _IHistory>.Select(ledger.dtor_histories, shared.Key);
            var (slot, vote) = LowWatermarksOf(history);
            lines.Add(ModelText.History(shared, slot, vote));
            lines.AddRange(
                history
                    .dtor_blocks.Select(record =>
                        ModelText.Record(
                            new(true, 0, (long)record.dtor_block.dtor_slot, NumberOf(record.dtor_block.dtor_root)),
                            record.dtor_own
                        )
                    )
                    .Concat(history.dtor_votes.Select(record => ModelText.Record(Of(record.dtor_vote), record.dtor_own)))
                    .Distinct()
                    .Order(StringComparer.Ordinal)
            );
        }

        return lines;
    }

    private static ModelLedger Next(_ILedger ledger) => new(ledger);

    // Rules.Rule.DoubleVote, Rules.Verdict.Refused(…)
    private static string Name(object value) => value.ToString()!.Split('(')[0].Split('.')[^1];

    private BigInteger? HistoryOf(int key) =>
        ledger.dtor_keys.Contains<BigInteger>(key) ? Map<BigInteger, _IKeyEntry>.Select(ledger.dtor_keys, key).dtor_history : null;

    private static (long? Slot, (long Source, long Target)? Vote) LowWatermarksOf(_IHistory history) =>
        (
            history.dtor_slotFloor is { is_Some: true, dtor_value: var slot } ? (long)slot : null,
            history.dtor_voteFloor is { is_Some: true, dtor_value: var vote } ? ((long)vote.dtor_source, (long)vote.dtor_target) : null
        );

    private static _IOption<BigInteger> Big(long? number) =>
        number is { } known ? Option<BigInteger>.create_Some(known) : Option<BigInteger>.create_None();

    private static _IOption<_IHighWatermark> High((long Slot, long Epoch)? high) =>
        high is var (slot, epoch)
            ? Option<_IHighWatermark>.create_Some(HighWatermark.create(slot, epoch))
            : Option<_IHighWatermark>.create_None();

    private static _IRoot RootOf(ModelDuty duty) => duty.Root is { } root ? Root.create_Known(root) : Root.create_Unknown();

    private static int? NumberOf(_IRoot root) => root.is_Known ? (int)root.dtor_number : null;

    private static _IBlock BlockOf(ModelDuty duty) => Block.create(duty.Target, RootOf(duty));

    private static _IVote VoteOf(ModelDuty duty) => Vote.create(duty.Source, duty.Target, RootOf(duty));

    private static _IDuty Of(ModelDuty duty) => duty.IsBlock ? Duty.create_Proposal(BlockOf(duty)) : Duty.create_Attestation(VoteOf(duty));

    private static ModelDuty Of(_IVote vote) => new(false, (long)vote.dtor_source, (long)vote.dtor_target, NumberOf(vote.dtor_root));

    private static _ISignedBounds Of(ModelBounds bounds) => SignedBounds.create(bounds.Fence, bounds.Source);

    private static ModelBounds BoundsOf(_ISignedBounds bounds) => new((long)bounds.dtor_fence, (long)bounds.dtor_source);

    private static _IRecord Of(ModelRecord record) =>
        Record.create(
            record.Start,
            record.Run,
            record.Write,
            Of(record.Bounds),
            record.Stop is ModelLedger stop ? Option<_ILedger>.create_Some(stop.Inner) : Option<_ILedger>.create_None()
        );

    private _ILedger Inner => ledger;
}
