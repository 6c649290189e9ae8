using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RemoteSigner.Fuzz;

/// <summary>Makes bad input of good: in the bytes, and in the structure where the bytes are JSON.</summary>
internal static class Mutation
{
    private static readonly byte[][] _fragments =
    [
        .. new[]
        {
            "\"",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "0",
            "-",
            "null",
            "true",
            "0x",
            "1e9",
            "1.5",
            "\\u0000",
            "\\ud800",
            "\\u001b[2J",
            "\u001b]0;x\u0007",
            "\r\n",
            "../",
            "%s%n",
            "18446744073709551616",
            "99999999999999999999999",
            "\"type\":\"BLOCK_V2\",",
            "\"SigningRoot\":\"0x00\",",
            "\"slot\":\"1\",",
            "\"__proto__\":{},",
            "[[[[[[[[[[[[[[[[",
            "{\"a\":{\"a\":{\"a\":",
            "- - - ",
            "&a [*a,*a]",
            "-----BEGIN CERTIFICATE-----\n",
        }.Select(Encoding.UTF8.GetBytes),
        [0],
        [0xff, 0xfe],
        [0xed, 0xa0, 0x80],
        [0xc0, 0x80],
        [0xef, 0xbb, 0xbf],
        [0x1b, 0x5b, 0x33, 0x31, 0x6d],
    ];

    public static byte[] Of(byte[] seed, Dice dice)
    {
        var mutated = seed;
        for (var rounds = 1 + dice.Below(3); rounds > 0; rounds--)
        {
            mutated = dice.OneIn(2) && InStructure(mutated, dice) is { } structured ? structured : InBytes(mutated, dice);
        }

        return mutated;
    }

    public static byte[] InBytes(byte[] seed, Dice dice)
    {
        if (seed.Length == 0)
        {
            return dice.Of(_fragments);
        }

        var at = dice.Below(seed.Length);
        switch (dice.Below(7))
        {
            case 0:
                return [.. seed[..at], .. dice.Of(_fragments), .. seed[at..]];
            case 1:
                return [.. seed[..at], .. dice.Of(_fragments), .. seed[Math.Min(seed.Length, at + 1 + dice.Below(8))..]];
            case 2:
                return seed[..at];
            case 3:
                return [.. seed, .. seed[at..]];
            case 4:
                var flipped = (byte[])seed.Clone();
                flipped[at] ^= (byte)(1 << dice.Below(8));
                return flipped;
            case 5:
                return [.. seed[..at], .. dice.Bytes(1 + dice.Below(16)), .. seed[at..]];
            default:
                return [.. seed[..at], .. Enumerable.Repeat(seed[at], 1 + dice.Below(dice.OneIn(20) ? 100_000 : 200)), .. seed[at..]];
        }
    }

    // Null where it is no JSON.
    private static byte[]? InStructure(byte[] seed, Dice dice)
    {
        try
        {
            var root = JsonNode.Parse(seed);
            var places = new List<JsonNode>();
            Collect(root, places);
            if (places.Count == 0)
            {
                return null;
            }

            Change(dice.Of(places), places, dice);
            return Encoding.UTF8.GetBytes(root!.ToJsonString());
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        switch (node)
        {
            case JsonObject members:
                places.Add(members);
                foreach (var (_, value) in members)
                {
                    Collect(value, places);
                }

                break;
            case JsonArray elements:
                places.Add(elements);
                foreach (var value in elements)
                {
                    Collect(value, places);
                }

                break;
        }
    }

    private static void Change(JsonNode place, List<JsonNode> places, Dice dice)
    {
        if (place is JsonArray elements)
        {
            if (elements.Count > 0 && dice.OneIn(2))
            {
                elements.RemoveAt(dice.Below(elements.Count));
            }
            else
            {
                elements.Add(Other(elements.Count > 0 ? elements[0] : null, places, dice));
            }

            return;
        }

        var members = (JsonObject)place;
        if (members.Count == 0)
        {
            members["a"] = 1;
            return;
        }

        var (name, value) = members.ElementAt(dice.Below(members.Count));
        switch (dice.Below(4))
        {
            case 0:
                members.Remove(name);
                break;
            case 1:
                members.Remove(name);
                members[
                    dice.Of((string[])[name.ToUpperInvariant(), name + "_", name.Replace("_", "", StringComparison.Ordinal), "x", ""])
                ] = value;
                break;
            default:
                members[name] = Other(value, places, dice);
                break;
        }
    }

    private static JsonNode? Other(JsonNode? value, List<JsonNode> places, Dice dice) =>
        dice.Below(9) switch
        {
            0 => null,
            1 => JsonValue.Create(dice.Next()),
            2 => JsonValue.Create(dice.Next().ToString()),
            3 => JsonValue.Create(dice.OneIn(2)),
            4 => new JsonArray(),
            5 => dice.Of(places).DeepClone(),
            6 => JsonValue.Create("0x" + Convert.ToHexString(dice.Bytes(dice.Of((int[])[4, 20, 32, 48, 96, 97])))),
            7 when value is JsonValue text && text.TryGetValue(out string? word) && word.Length > 0 => JsonValue.Create(
                word[..^1] + (char)('0' + dice.Below(10))
            ),
            _ => JsonValue.Create(
                dice.Of(
                    (string[])["", "\u001b[31m", "\ud83d\ude00", new string('9', 400), "-1", "0x", "1e3", "ATTESTATION", "../../etc/passwd"]
                )
            ),
        };
}
