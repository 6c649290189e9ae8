using System.Text.Json.Nodes;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Spec;

/// <summary>Roots of progressive types at the sizes where a level of their tree begins.</summary>
public sealed class ProgressiveHasherTests
{
    [Fact]
    public void Every_vector_of_a_progressive_type_has_its_root()
    {
        var vectors = Vectors.Read("gloas/ssz-progressive.json").AsArray();

        Assert.Equal(71, vectors.Count);
        Assert.All(vectors, vector =>
            Assert.Equal(vector!["root"]!.GetValue<string>(), RootOf(vector["type"]!.GetValue<string>(), vector["value"]!).ToString())
        );
    }

    [Fact]
    public void A_hasher_that_gave_its_root_is_as_new()
    {
        var hasher = new ProgressiveHasher();
        var first = SszHasher.ProgressiveByteList(new byte[700], hasher);

        Assert.Equal(first, SszHasher.ProgressiveByteList(new byte[700], hasher));
        Assert.Equal(default, hasher.Merkleize());
    }

    private static Root RootOf(string type, JsonNode value) =>
        type.Split(['[', ' ', '('])[0] switch
        {
            "ProgressiveBitList" => SszHasher.ProgressiveBitlist(Bytes(value), ulong.MaxValue),
            "ProgressiveByteList" => SszHasher.ProgressiveByteList(Bytes(value), new ProgressiveHasher()),
            "ProgressiveList" when type.Contains("uint64", StringComparison.Ordinal) => SszHasher.ProgressiveNumberList(Numbers(value)),
            "ProgressiveList" => SszHasher.ProgressiveList([.. value.AsArray().Select(element => Root.Parse(element!.GetValue<string>()))]),
            "ProgressiveContainer" when type.Contains("[1,0,1]", StringComparison.Ordinal) => WithHole(Numbers(value)),
            "ProgressiveContainer" => SszHasher.ProgressiveContainer([.. Numbers(value).Select(SszHasher.Number)]),
            _ => throw new InvalidOperationException(type),
        };

    // A member that is not active leaves a zero chunk in its place.
    private static Root WithHole(ulong[] members)
    {
        var hasher = new ProgressiveHasher();
        hasher.Add(SszHasher.Number(members[0]));
        hasher.Add(default);
        hasher.Add(SszHasher.Number(members[1]));
        return SszHasher.HashPair(hasher.Merkleize(), SszHasher.Number(0b101));
    }

    private static ulong[] Numbers(JsonNode value) => [.. value.AsArray().Select(element => ulong.Parse(element!.GetValue<string>()))];

    private static byte[] Bytes(JsonNode value) =>
        Hex.TryParse(value.GetValue<string>(), out var bytes) ? bytes : throw new FormatException();
}
