using System.Reflection;
using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Host;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Tls;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.House;

/// <summary>
/// Everything that changes the signer goes one way (src/README.md): no change without its entry, and no other road to the places where
/// changes are made.
/// </summary>
public sealed class CorridorTests
{
    private const string Acts = "RemoteSigner.Administration.";

    private static readonly Assembly[] _shipped =
    [
        typeof(SlashingProtection).Assembly,
        typeof(Administrator).Assembly,
        typeof(SignerServer).Assembly,
    ];

    /// <summary>
    /// An entry of its own is for what happened and changed nothing: a refusal, a doubt, a reading. The list is in
    /// src/RemoteSigner/Audit/README.md.
    /// </summary>
    [Fact]
    public void Entries_beside_no_change_are_written_by_these_alone() =>
        Assert.Equal(
            new[]
            {
                typeof(StartLog),
                typeof(ClockReferences),
                typeof(RemoteAttestationApi),
                typeof(RefusedClients),
                typeof(OperatorSigner),
                typeof(Signer),
            }
                .Select(type => type.FullName!)
                .Order(StringComparer.Ordinal),
            CallersOf(Assert.Single(typeof(AuditLog).GetMethods(), method => method.Name == nameof(AuditLog.RecordAsync)))
        );

    /// <summary>
    /// A start has its own order, in one file: a low watermark that is complete ends there, too. And so has the fence of a vault that got
    /// another root key, which goes on before a start is judged.
    /// </summary>
    [Fact]
    public void Slashing_protection_is_changed_by_acts_and_by_starts_alone()
    {
        var changes = typeof(SlashingProtection)
            .GetMethods()
            .Where(method => method.GetParameters().Any(parameter => IsEvidence(parameter.ParameterType)))
            .ToList();

        Assert.True(changes.Count >= 11, $"{changes.Count} methods that change something");
        Assert.Equal(
            [
                $"{typeof(FenceSuccession).FullName}: RecordStartAsync",
                $"{typeof(StartProtocol).FullName}: EndLowWatermarkIfCompleteAsync",
                $"{typeof(StartProtocol).FullName}: RecordStartAsync",
            ],
            changes
                .SelectMany(change =>
                    CallersOf(change)
                        .Where(caller => !caller.StartsWith(Acts, StringComparison.Ordinal))
                        .Select(caller => $"{caller}: {change.Name}")
                )
                .Order()
        );
    }

    /// <summary>What else there is reads, or records what is signed, or carries the number of the vault that an act has changed.</summary>
    [Fact]
    public void No_change_of_slashing_protection_compiles_without_its_evidence() =>
        Assert.Equal(
            ["FollowVaultAsync", "RequestAsync"],
            typeof(SlashingProtection)
                .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(method =>
                    !method.IsSpecialName
                    && typeof(Task).IsAssignableFrom(method.ReturnType)
                    && !method.GetParameters().Any(parameter => IsEvidence(parameter.ParameterType))
                )
                .Select(method => method.Name)
                .Where(name =>
                    !name.StartsWith("Get", StringComparison.Ordinal)
                    && name
                        is not (
                            "WatchLowWatermarkAsync"
                            or "StatusAsync"
                            or "ExportAsync"
                            or "EvaluateAsync"
                            or "EvaluateRegistrationAsync"
                        )
                )
                .Order()
        );

    /// <summary>Where the ledger is told of it before and after: what it remembers of the vault is what the vault is.</summary>
    [Fact]
    public void The_vault_is_changed_in_one_place() =>
        Assert.Equal(
            [typeof(Proceeding).FullName!],
            CallersOf(Assert.Single(typeof(Vault).GetMethods(), method => method.Name == nameof(Vault.Commit))).Distinct()
        );

    private static IEnumerable<string> CallersOf(MethodInfo method) => CompiledCode.CallersOf(_shipped, method);

    private static bool IsEvidence(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(EvidenceWriter<>);
}
