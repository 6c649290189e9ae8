namespace RemoteSigner.Oracle;

/// <summary>
/// A block (its slot in <paramref name="Target"/>, <paramref name="Source"/> is 0) or a vote, with the number of its signing root; null:
/// the root is not known.
/// </summary>
public readonly record struct ModelDuty(bool IsBlock, long Source, long Target, int? Root)
{
    /// <summary>What the chain slashes, in numbers: the model's own word for it is <see cref="IModelLedger.Conflict"/>.</summary>
    public bool ConflictsWith(ModelDuty other) =>
        IsBlock == other.IsBlock
        && (
            IsBlock
                ? Target == other.Target && Root != other.Root
                : (Target == other.Target && this != other)
                    || (Source < other.Source && other.Target < Target)
                    || (other.Source < Source && Target < other.Target)
        );
}
