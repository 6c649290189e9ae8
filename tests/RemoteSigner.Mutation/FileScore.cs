using System.Globalization;

namespace RemoteSigner.Mutation;

/// <summary>What became of the faults of one file.</summary>
/// <param name="Faults">How many of them compile.</param>
/// <param name="Explained">How many survivors have a reason in survivors.md.</param>
/// <param name="Unexplained">How many have none.</param>
public sealed record FileScore(string Path, int Faults, int Explained, int Unexplained)
{
    public int Killed => Faults - Explained - Unexplained;

    /// <summary>Killed of those that a test could kill, in per cent; 100 for a file without one.</summary>
    public double Percent => Faults == Explained ? 100 : 100.0 * Killed / (Faults - Explained);

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Percent, 6:F1} %  {Killed, 4} of {Faults, 4} killed, {Explained, 2} explained, {Unexplained, 2} not  {Path}"
        );
}
