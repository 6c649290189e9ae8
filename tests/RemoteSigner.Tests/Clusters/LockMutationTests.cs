using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using static RemoteSigner.Tests.Clusters.ClusterVectors;

namespace RemoteSigner.Tests.Clusters;

/// <summary>
/// No member of a lock is without protection: whatever single value changes, a check fails or the file is not read. What is not protected
/// is how a value is written, which the second test lists in full.
/// </summary>
[Trait("Speed", "slow")]
public sealed class LockMutationTests
{
    private const int Rounds = 1_000;

    // Names of vectors, and v1.0 to v1.6, of which there are none, forged.
    private static readonly string[] _names =
    [
        "lock-v1_7-4of3",
        "lock-v1_8-4of3",
        "lock-v1_10-4of3",
        "lock-v1_11-4of3",
        "lock-v1_11-solo",
        .. ClusterVersion.All.Where(version => version.Minor < 7).Select(version => version.ToString()),
    ];

    [Fact]
    public void A_thousand_locks_with_one_changed_value_are_all_refused()
    {
        var files = _names.Select(name => JsonNode.Parse(Genuine(name))!).ToArray();
        var mutations =
            from file in Gen.OneOf(files)
            from place in Gen.Int[0, Places(file).Count - 1]
            from kind in Gen.Int[0, 4]
            from position in Gen.Int[0, 10_000]
            select Mutate(file, place, kind, position);

        mutations.Sample(mutant => IsRefused(mutant.Json), iter: Rounds, print: mutant => mutant.Path);
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void No_member_and_no_element_can_be_left_out(string name)
    {
        var genuine = Genuine(name);
        var count = Parents(JsonNode.Parse(genuine)!).Count;
        for (var i = 0; i < count; i++)
        {
            var file = JsonNode.Parse(genuine)!;
            var (parent, key) = Parents(file)[i];
            var path = $"{parent.GetPath()} {key}";
            _ = parent is JsonObject members ? members.Remove(key) : RemoveAt(parent.AsArray(), int.Parse(key, null));

            Assert.True(IsRefused(Encoding.UTF8.GetBytes(file.ToJsonString())), path);
        }
    }

    public static TheoryData<string> Members => [.. _names];

    /// <summary>
    /// The whole list of what may differ between two files of one lock: hexadecimal digits may be capitals (addresses are shown so),
    /// members may stand in any order, an empty list of amounts may be null.
    /// </summary>
    [Fact]
    public void The_same_values_written_otherwise_are_the_same_lock()
    {
        var text = Encoding.UTF8.GetString(Bytes("lock-v1_10-4of3"));
        var address = Lock("lock-v1_10-4of3").Definition.Operators[0].Address;
        var reversed = new JsonObject(
            JsonNode.Parse(text)!.AsObject().Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))
        );

        Assert.All(
            new[]
            {
                text.Replace(address, "0x" + address[2..].ToUpperInvariant(), StringComparison.Ordinal),
                text.Replace("\"deposit_amounts\": null", "\"deposit_amounts\": []", StringComparison.Ordinal),
                reversed.ToJsonString(),
            },
            written =>
            {
                Assert.NotEqual(text, written);
                Assert.Empty(Failures(ClusterLock.Parse(Encoding.UTF8.GetBytes(written))));
            }
        );
    }

    private static byte[] Genuine(string name)
    {
        if (ClusterVersion.Find(name) is not { } version)
        {
            return Bytes(name);
        }

        using var forge = new LockForge();
        return LockJsonWriter.Write(forge.Make(version));
    }

    private static bool IsRefused(byte[] json)
    {
        try
        {
            return Failures(ClusterLock.Parse(json)).Count > 0;
        }
        catch (ClusterFileException e)
        {
            return e.Message.Length > 0 && e.Hint.Length > 0;
        }
    }

    private static (string Path, byte[] Json) Mutate(JsonNode file, int place, int kind, int position)
    {
        var copy = file.DeepClone();
        var (parent, key) = Places(copy)[place];
        var old = parent is JsonObject members ? members[key] : parent[int.Parse(key, null)];
        var changed = Change(old, kind, position);
        var path = $"{parent.GetPath()}.{key}: {old?.ToJsonString()} → {changed.ToJsonString()}";
        if (parent is JsonObject target)
        {
            target[key] = changed;
        }
        else
        {
            parent[int.Parse(key, null)] = changed;
        }

        return (path, Encoding.UTF8.GetBytes(copy.ToJsonString()));
    }

    private static JsonNode Change(JsonNode? old, int kind, int position) =>
        old?.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => ChangeText(old.GetValue<string>(), kind, position),
            System.Text.Json.JsonValueKind.Number => kind % 2 == 0 ? old.GetValue<long>() + 1 + (position % 3)
            : old.GetValue<long>() is > 0 and var number ? number - 1
            : 7,
            System.Text.Json.JsonValueKind.True => false,
            System.Text.Json.JsonValueKind.False => true,
            _ => new JsonArray("32000000000"),
        };

    // Another digit or letter, one more, one less, none at all, or one doubled: never the same value.
    private static string ChangeText(string text, int kind, int position)
    {
        var start = text.StartsWith("0x", StringComparison.Ordinal) ? 2 : 0;
        if (text.Length <= start)
        {
            return text + (kind == 0 ? "0x00" : "1");
        }

        var at = start + (position % (text.Length - start));
        var other = char.ToLowerInvariant(text[at]) == '1' ? '2' : '1';
        return kind switch
        {
            0 or 1 => text[..at] + other + text[(at + 1)..],
            2 => text + "00",
            3 => text[..^2],
            _ => position % 2 == 0 ? "" : text[..at] + text[at] + text[at..],
        };
    }

    private static List<(JsonNode Parent, string Key)> Places(JsonNode file) =>
        [
            .. Parents(file)
                .Where(place =>
                    (place.Parent is JsonObject members ? members[place.Key] : place.Parent[int.Parse(place.Key, null)])
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

    private static bool RemoveAt(JsonArray list, int index)
    {
        list.RemoveAt(index);
        return true;
    }
}
