namespace RemoteSigner.Ledgers;

/// <summary>
/// The tables of one subject in the ledger, under its name in <c>schema_version</c>. <paramref name="Script"/> makes them in a new ledger;
/// <paramref name="CheckedTables"/> are looked through for damage each time the ledger is opened.
/// </summary>
internal sealed record LedgerSchema(string Name, int Version, string Script, IReadOnlyList<string> CheckedTables)
{
    /// <summary>For each older version that is still known the script that makes the next one of it.</summary>
    public IReadOnlyDictionary<int, string> Upgrades { get; init; } = new Dictionary<int, string>();
}
