using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Administration;

/// <summary>What the log says of an act that a fault befell, held against what there is of its effect.</summary>
/// <param name="Entries">Everything written since before the act.</param>
/// <param name="Pending">The actions that the ledger remembers as interrupted.</param>
internal sealed record ActVerdict(ActRow Row, IReadOnlyList<JsonElement> Entries, IReadOnlyList<string> Pending, string State)
{
    private const string Interrupted = ".interrupted";

    /// <summary>Keys of which history came in.</summary>
    public IEnumerable<BlsPublicKey> Told =>
        Entries
            .Where(entry => Action(entry) == "slashing.import")
            .SelectMany(entry => entry.GetProperty("keys").EnumerateArray())
            .Select(key => BlsPublicKey.Parse(key.GetString()));

    private bool IsEntered => Entries.Any(entry => Action(entry) == Row.Action);

    // Whether it is in an anchor is found out by the next start.
    private bool IsOpen => Pending.Contains(Row.Action);

    private bool IsInterrupted => Entries.Any(entry => Action(entry).EndsWith(Interrupted, StringComparison.Ordinal));

    // Only the device knows, and the log says so.
    private bool IsUntold =>
        Entries.Any(entry =>
            Action(entry).EndsWith(Interrupted, StringComparison.Ordinal)
            && entry.GetProperty("detail").GetString()!.Contains("cannot be told", StringComparison.Ordinal)
        );

    /// <summary>Effect ⇔ entry: never one without the other.</summary>
    public void Require(string before, string after, string where)
    {
        if (State == Row.Device?.Silent && IsEntered && (IsInterrupted || IsOpen))
        {
            return;
        }

        Assert.True(
            State == before || State == after,
            $"{where}: neither as before nor as after\n--- in place of\n{Only(before, State)}\n--- or "
                + $"of\n{Only(after, State)}\n--- there is\n{Only(State, before)}\n--- log\n{Log}"
        );
        Assert.InRange(Entries.Count(entry => Action(entry).EndsWith(Interrupted, StringComparison.Ordinal)), 0, 1);
        if (before == after)
        {
            return;
        }

        Assert.True(
            State == after ? IsEntered && (!IsInterrupted || IsUntold) : !IsEntered || IsInterrupted || IsOpen,
            $"{where}: {(State == after ? "an effect, and no entry of it" : "an entry, and no effect of it")}\n{Log}"
        );
    }

    private static string Only(string state, string other) => string.Join('\n', state.Split('\n').Except(other.Split('\n')));

    private string Log => string.Join('\n', Entries);

    private static string Action(JsonElement entry) => entry.GetProperty("action").GetString()!;
}
