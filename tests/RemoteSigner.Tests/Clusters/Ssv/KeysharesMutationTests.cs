using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using static RemoteSigner.Tests.Clusters.Ssv.KeysharesVectors;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>
/// Whatever single value changes, a check fails or the file is not read. Nothing in the file protects what only the operators can judge:
/// their RSA keys and what is encrypted to them (ours is judged when it is decrypted), when the file was made, and the patch version.
/// </summary>
public sealed class KeysharesMutationTests
{
    private const int Rounds = 1_000;

    // 0x, the signature, four public keys.
    private const int ProtectedDigits = 2 + (2 * (96 + (4 * 48)));
    private static readonly string[] _unprotected = ["operatorKey", "createdAt", "version"];

    [Fact]
    public void A_thousand_files_with_one_changed_value_are_all_refused()
    {
        var file = Node(Ours);
        var places = Places(file).Where(place => !_unprotected.Contains(place.Key)).ToList();
        var mutations =
            from place in Gen.Int[0, places.Count - 1]
            from kind in Gen.Int[0, 3]
            from position in Gen.Int[0, 10_000]
            select Mutate(file, places[place], kind, position);

        mutations.Sample(mutant => IsRefused(mutant.Json), iter: Rounds, print: mutant => mutant.Path);
    }

    [Fact]
    public void No_member_and_no_element_can_be_left_out_but_the_date()
    {
        var count = Parents(Node(Ours)).Count;
        for (var i = 0; i < count; i++)
        {
            var file = Node(Ours);
            var (parent, key) = Parents(file)[i];
            if (parent is JsonObject members)
            {
                members.Remove(key);
            }
            else
            {
                parent.AsArray().RemoveAt(int.Parse(key, null));
            }

            Assert.Equal(key != "createdAt", IsRefused(Encoding.UTF8.GetBytes(file.ToJsonString())));
        }
    }

    [Theory]
    [InlineData("{\"version\":\"v1.2.0\",\"shares\":[]}", "shares is empty")]
    [InlineData("{\"version\":\"v1.3.0\",\"shares\":[]}", "version is 'v1.3.0'")]
    [InlineData("{\"version\":\"1.2.0\",\"shares\":[]}", "version is '1.2.0'")]
    [InlineData("{\"version\":\"v1.2.0\",\"version\":\"v1.2.0\",\"shares\":[]}", "twice")]
    [InlineData("[]", "is no object")]
    [InlineData("{", "not JSON")]
    public void What_is_no_keyshares_file_is_not_read(string json, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<ClusterFileException>(() => KeysharesFile.Parse(Encoding.UTF8.GetBytes(json))).Message,
            StringComparison.Ordinal
        );

    private static bool IsRefused(byte[] json)
    {
        try
        {
            return Failures(KeysharesFile.Parse(json)).Count > 0;
        }
        catch (ClusterFileException e)
        {
            return e.Message.Length > 0 && e.Hint.Length > 0;
        }
    }

    private static (string Path, byte[] Json) Mutate(JsonNode file, (JsonNode Parent, string Key) place, int kind, int position)
    {
        var path = $"{place.Parent.GetPath()}.{place.Key} {kind} {position}";
        var index = Places(file).FindIndex(other => ReferenceEquals(other.Parent, place.Parent) && other.Key == place.Key);
        var copy = file.DeepClone();
        var (parent, key) = Places(copy)[index];
        var old = parent is JsonObject ? parent[key]! : parent[int.Parse(key, null)]!;
        JsonNode changed =
            old.GetValueKind() == JsonValueKind.Number
                ? old.GetValue<ulong>() + 1 + ((ulong)position % 3)
                : ChangeText(old.GetValue<string>(), key, kind, position);
        old.ReplaceWith(changed);
        return (path, Encoding.UTF8.GetBytes(copy.ToJsonString()));
    }

    // Another digit, one byte more, one less, or none: never the same value.
    private static string ChangeText(string text, string key, int kind, int position)
    {
        var at = 2 + (position % ((key == "sharesData" ? ProtectedDigits : text.Length) - 2));
        return kind switch
        {
            0 => text[..at] + (char.ToLowerInvariant(text[at]) == '1' ? '2' : '1') + text[(at + 1)..],
            1 => text + "00",
            2 => text[..^2],
            _ => "0x",
        };
    }

    private static List<(JsonNode Parent, string Key)> Places(JsonNode file) =>
        [
            .. Parents(file)
                .Where(place =>
                    (place.Parent is JsonObject ? place.Parent[place.Key] : place.Parent[int.Parse(place.Key, null)])
                        is not (JsonObject or JsonArray)
                ),
        ];

    // Every member of an object and every element of a list, depth first.
    private static List<(JsonNode Parent, string Key)> Parents(JsonNode node) =>
        node switch
        {
            JsonObject members => [.. members.SelectMany(member => Below(node, member.Key, member.Value))],
            JsonArray list => [.. list.SelectMany((element, i) => Below(node, i.ToString(), element))],
            _ => [],
        };

    private static IEnumerable<(JsonNode Parent, string Key)> Below(JsonNode parent, string key, JsonNode? value) =>
        value is null ? [(parent, key)] : [(parent, key), .. Parents(value)];
}
