using System.Reflection;
using System.Text.RegularExpressions;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.House;

/// <summary>
/// The law, the store and the engine are three things: SQL stands in the store and in the engine, the law knows values, and the engine
/// knows nothing of Ethereum.
/// </summary>
public sealed partial class StoreTests
{
    private const string Engine = "RemoteSigner.Ledgers";
    private const string Store = "RemoteSigner.Slashing.Store";

    /// <summary>
    /// As whole words of SQL: SYNC_COMMITTEE_SELECTION_PROOF is the name of a duty, TPML_PCR_SELECTION and SELECTOR are the TPM's.
    /// </summary>
    [Fact]
    public void SQL_is_written_in_the_store_and_in_the_engine_alone()
    {
        var files = HouseTests
            .Sources("src", "*.cs")
            .ToLookup(path =>
                path.Contains("/RemoteSigner.Ledger/", StringComparison.Ordinal)
                || path.Contains("/RemoteSigner.Slashing/Store/", StringComparison.Ordinal)
            );
        Assert.Contains(files[true], path => Sql().IsMatch(File.ReadAllText(path)));
        Assert.DoesNotContain(files[false], path => Sql().IsMatch(File.ReadAllText(path)));
    }

    /// <summary>To others a statement is internal; this says that slashing protection uses that in one folder.</summary>
    [Fact]
    public void Statements_are_prepared_in_the_store_and_in_the_engine_alone()
    {
        var prepare = typeof(LedgerTransaction).GetMethod("Statement", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var callers = CompiledCode
            .CallersOf([typeof(Ledger).Assembly, typeof(SlashingProtection).Assembly], prepare)
            .Select(name => name[..name.LastIndexOf('.')])
            .Distinct();
        Assert.Equal([Engine, Store], callers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_rules_know_no_store()
    {
        string[] rules = ["AttestationRules", "BlockRules", "GlobalLowWatermark", "SignedBounds", "SignedVotes", "ValidatorHistory"];
        var uses = CompiledCode
            .Uses(typeof(SlashingProtection).Assembly)
            .Where(use => rules.Contains(use.Caller.DeclaringType!.Name))
            .ToList();
        Assert.NotEmpty(uses);
        Assert.DoesNotContain(uses, use => use.Named.DeclaringType!.Namespace is Engine or Store);
    }

    [Fact]
    public void The_engine_knows_no_word_of_Ethereum() =>
        Assert.DoesNotContain(HouseTests.Sources("src/RemoteSigner.Ledger", "*.cs"), path => Ethereum().IsMatch(File.ReadAllText(path)));

    [GeneratedRegex(@"\b(SELECT|INSERT INTO|INSERT OR|DELETE FROM|UPDATE \w+ SET|CREATE (TEMP )?TABLE|PRAGMA|SAVEPOINT|ROLLBACK)\b")]
    private static partial Regex Sql();

    [GeneratedRegex(@"epoch|slot|attest|validator|\bvotes?\b|\bfork|beacon|BLS|EIP-|ethereum", RegexOptions.IgnoreCase)]
    private static partial Regex Ethereum();
}
