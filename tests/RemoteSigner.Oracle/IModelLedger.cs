namespace RemoteSigner.Oracle;

/// <summary>
/// A ledger of the model, which never changes: each step gives the next one. Made from the model as it is, and once more from each of its
/// mutations. Keys and roots are numbers; verdicts, registrations, states and decisions go by the model's names, a repeated permit by
/// <see cref="AllowedAgain"/>.
/// </summary>
public interface IModelLedger
{
    const string Allowed = nameof(Allowed);
    const string AllowedAgain = nameof(AllowedAgain);
    const string Taken = nameof(Taken);
    const string Enrolled = nameof(Enrolled);

    /// <summary>The newest start that it knows.</summary>
    long Start { get; }

    ModelBounds? LowWatermark { get; }

    bool MayAsk(int key, int? group);

    (string Verdict, IModelLedger After) Permit(int key, int? group, ModelDuty duty);

    /// <summary>What is stated about the key's past; <paramref name="from"/> goes with <c>FromNow</c>.</summary>
    (string Registration, IModelLedger After) Register(int key, int? group, string stated, (long Slot, long Source, long Target) from);

    /// <summary>Null where nobody can tell whose history is whose.</summary>
    IModelLedger? Release(int share, int? group);

    IModelLedger Become(int key, string state);

    string? StateOf(int key);

    IModelLedger Prune(long keepEpochs);

    IModelLedger RaiseLow(int key, long? slot, long? epoch);

    IModelLedger SetHigh((long Slot, long Epoch)? high);

    (string Outcome, IModelLedger After) Import(IReadOnlyList<ModelLine> file, ModelTerms terms);

    IModelLedger RaiseLowWatermark(ModelBounds lowWatermark);

    IModelLedger EndLowWatermark(ModelBounds? beneath);

    string Decide(long count, ModelRecord record);

    IModelLedger Note(long start, string decision, ModelRecord record);

    bool Within(ModelBounds bounds, ModelDuty duty);

    bool AtMost(ModelBounds one, ModelBounds other);

    bool Conflict(ModelDuty one, ModelDuty other);

    /// <summary>Every key that has its history together with this one.</summary>
    IReadOnlyList<int> KeysWith(int key);

    /// <summary>The low watermarks of the key's history; null where there are none, or no such key.</summary>
    (long? Slot, (long Source, long Target)? Vote) LowWatermarksOf(int key);

    /// <summary>All of it but its start, line by line, in an order of its own: equal for equal ledgers.</summary>
    IReadOnlyList<string> Describe();
}
