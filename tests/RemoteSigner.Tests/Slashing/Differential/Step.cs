using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>
/// One step of a world: what happens in one of its two places, a data directory and the signer that may run there. Numbers stand relative
/// to what the world is then, so that any steps can be left out and the others still mean something. A closed choice.
/// </summary>
internal abstract record Step(int Place)
{
    /// <summary>
    /// Where a duty lies: near the newest epoch, near a low watermark of its key, near the low watermark under all keys, or near an earlier
    /// duty.
    /// </summary>
    internal enum Near
    {
        Newest,
        OwnLowWatermark,
        LowWatermarkOfAll,
        Earlier,
    }

    internal enum Kind
    {
        Vote,
        Block,
        Other,
    }

    /// <summary>
    /// A duty <paramref name="Source"/> and <paramref name="Target"/> epochs (blocks: slots) away from where it is near;
    /// <paramref name="Root"/> tells those of one content apart, 0 is no root.
    /// </summary>
    internal sealed record Shape(Kind Kind, Near Near, int Source, int Target, int Root, int Earlier);

    /// <summary>What a file says of a key.</summary>
    internal sealed record Line(int Key, Shape[] Told)
    {
        public override string ToString() => $"{Key}: {string.Join<Shape>(", ", Told)}";
    }

    /// <summary>A share that comes in, the group it is said to belong to (0: none), and what is stated about its past.</summary>
    internal sealed record Entry(int Key, int Group, DeclaredHistory Stated, bool Regrouped);

    /// <summary>
    /// Leave to sign. <paramref name="Group"/>: 0 none, 1 the right one, of a key that may sign, 2 another. Asks in a row are one request.
    /// </summary>
    public sealed record Ask(int Place, int Key, int Group, Shape Content, bool OnlyIfOnRecord) : Step(Place);

    public sealed record Prune(int Place, int Keep) : Step(Place);

    /// <summary>Of one key, or of all (0).</summary>
    public sealed record RaiseLow(int Place, int Key, int? Slot, int? Epoch) : Step(Place);

    public sealed record StopSigning(int Place, int? Epochs) : Step(Place);

    public sealed record Enrol(int Place, Entry[] Keys, Line[] History) : Step(Place)
    {
        public override string ToString() =>
            $"Enrol {{ Place = {Place}, Keys = {string.Join<Entry>(", ", Keys)}, History = {string.Join<Line>("; ", History)} }}";
    }

    /// <summary>Of this key, or of one that waits for it; the same holds for the next steps of a key's life.</summary>
    public sealed record Turn(int Place, int Key, int Leaving) : Step(Place);

    /// <summary>The secret of a key that signs leaves for a ceremony.</summary>
    public sealed record HandOut(int Place, int Key) : Step(Place);

    /// <summary>No copy of it is left outside.</summary>
    public sealed record TakeBack(int Place, int Key) : Step(Place);

    public sealed record Retire(int Place, int Key, KeyEnd End) : Step(Place);

    public sealed record Finish(int Place, int Key) : Step(Place);

    public sealed record AllowAgain(int Place, int Key) : Step(Place);

    /// <summary>
    /// A file that somebody else made: it says what it likes. Only of some keys, or with a limit so many epochs past the newest, if any.
    /// </summary>
    public sealed record Import(int Place, Line[] File, int[]? Only, int? Limit, InterchangeReading Reading) : Step(Place)
    {
        public override string ToString() =>
            $"Import {{ Place = {Place}, File = {string.Join<Line>("; ", File)}, Only = "
            + $"{string.Join(", ", Only ?? [])}, Limit = {Limit}, Reading = {Reading} }}";
    }

    public sealed record Export(int Place) : Step(Place);

    public sealed record ImportExport(int Place, int Number, InterchangeReading Reading) : Step(Place);

    public sealed record EndLowWatermark(int Place) : Step(Place);

    public sealed record Crash(int Place) : Step(Place);

    public sealed record Stop(int Place) : Step(Place);

    public sealed record Copy(int Place) : Step(Place);

    public sealed record PutBack(int Place, int Number) : Step(Place);

    /// <summary>A person looks at a signer that signs nothing, and clears it.</summary>
    public sealed record Clear(int Place) : Step(Place);

    /// <summary>The anchor counts fewer starts than it did: it was made anew, or put back.</summary>
    public sealed record CountBack(int Place) : Step(Place);

    /// <summary>
    /// When the signer at the first place has used the anchor so often more, another one starts on a copy of its directory.
    /// </summary>
    public sealed record Meanwhile(int Uses) : Step(0);

    /// <summary>The next process that uses the anchor dies when it has done so this often.</summary>
    public sealed record DieAfter(int Place, int Uses) : Step(Place);

    /// <summary>So many changes of the anchor fail, made or not made, and time passes.</summary>
    public sealed record Fail(int Place, int Times) : Step(Place);

    public sealed record Pass(int Seconds) : Step(0);
}
