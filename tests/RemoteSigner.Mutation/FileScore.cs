using System.Globalization;

namespace RemoteSigner.Mutation;

/// <summary>What became of the faults of one file.</summary>
/// <param name="Faults">How many of them compile.</param>
/// <param name="Unexplained">How many survivors have no reason in survivors.md.</param>
public sealed record FileScore(string Path, int Faults, int Survivors, int Unexplained)
{
    public int Killed => Faults - Survivors;

    /// <summary>Killed of all, in per cent; 100 for a file without a fault.</summary>
    public double Percent => Faults == 0 ? 100 : 100.0 * Killed / Faults;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Percent, 6:F1} %  {Killed, 4} of {Faults, 4} killed, {Unexplained} unexplained  {Path}"
        );
}
