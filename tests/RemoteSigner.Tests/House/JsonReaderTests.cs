using System.Text.Json;
using RemoteSigner.Audit;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Http;
using RemoteSigner.Keys;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.House;

/// <summary>
/// One reader of JSON in memory, one that streams. Whoever reads tokens himself stands here with the reason; what a serialiser reads is
/// declared, and held by the golden files.
/// </summary>
public sealed class JsonReaderTests
{
    [Fact]
    public void A_text_is_parsed_by_the_strict_reader() =>
        Assert.Equal(
            Names(
                typeof(StrictJson),
                // Tell what lies in a folder of keys, for a person: what is taken in is read again.
                typeof(KeyFolderFile),
                typeof(WalletNames)
            ),
            Users(method =>
                method.DeclaringType == typeof(JsonDocument) && method.Name.StartsWith(nameof(JsonDocument.Parse), StringComparison.Ordinal)
            )
        );

    [Fact]
    public void Tokens_are_read_where_a_document_in_memory_will_not_do() =>
        Assert.Equal(
            Names(
                // Any size in constant memory.
                typeof(JsonTokens),
                // Requests to sign: in place, without a copy, some microseconds each; a fault is told with its path.
                typeof(JsonObject),
                typeof(JsonText),
                typeof(WireFormat),
                // Keystores and passwords, from a pinned body into secret memory.
                typeof(KeystorePush),
                // Every entry of a log, millions of them, without a copy.
                typeof(SignedClaim),
                // Where a value stands in signer.json, so that the rest stays byte for byte.
                typeof(SettingText),
                // What is wrong in a file of settings, all of it, each with its line.
                typeof(SettingFaults),
                // Where one member of a lock stands, so that the rest stays byte for byte.
                typeof(LockText),
                // What kind of file it is, before anybody reads it.
                typeof(KeysharesJson)
            ),
            Users(method => method.DeclaringType == typeof(Utf8JsonReader) && method.IsConstructor)
        );

    private static IEnumerable<string> Names(params Type[] types) => types.Select(type => type.FullName!).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Users(Func<System.Reflection.MethodBase, bool> named) =>
        HouseTests
            .Shipped.SelectMany(CompiledCode.Uses)
            .Where(use => named(use.Named) && !IsGenerated(use.Caller))
            .Select(use => CompiledCode.WrittenIn(use.Caller.DeclaringType!).FullName!)
            .Distinct()
            .Order(StringComparer.Ordinal);

    private static bool IsGenerated(System.Reflection.MethodBase method) =>
        method.DeclaringType!.GetCustomAttributesData().Any(attribute => attribute.AttributeType.Name == "GeneratedCodeAttribute");
}
