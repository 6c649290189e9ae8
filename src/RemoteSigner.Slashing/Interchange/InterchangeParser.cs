using System.Globalization;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Reads the EIP-3076 interchange format, members in any order. Unknown members are skipped; a known one that is missing, doubled or
/// malformed throws <see cref="InterchangeException"/> with the validator and member at fault. Of the two lists of a validator either may be left out, as Dirk leaves out those that are empty.
/// </summary>
internal sealed class InterchangeParser(Stream stream)
{
    private readonly JsonTokens _json = new(stream);
    private string? _validator;
    private string _member = "";

    /// <summary>The chain the file is for; known at the latest when <see cref="ReadAsync"/> has ended.</summary>
    public Root GenesisValidatorsRoot { get; private set; }

    /// <summary>How many elements of <c>data</c> lack <c>signed_blocks</c>, <c>signed_attestations</c> or both, each read as an empty list.</summary>
    public int WithoutList { get; private set; }

    /// <summary>Every public key, block and vote of the file, in its order.</summary>
    public async IAsyncEnumerable<InterchangeRecord> ReadAsync()
    {
        await NextAsync();
        Expect(JsonTokenType.StartObject, "an object");
        var seen = new Members(this, "metadata", "data");
        while (await seen.NextAsync(""))
        {
            if (_member == "metadata")
            {
                await ReadMetadataAsync();
            }
            else
            {
                Expect(JsonTokenType.StartArray, "an array");
                for (var entry = 0; await NextElementAsync(); entry++)
                {
                    await foreach (var record in ReadValidatorAsync(entry))
                    {
                        yield return record;
                    }
                }
            }
        }

        await NextAsync();
    }

    private async ValueTask ReadMetadataAsync()
    {
        Expect(JsonTokenType.StartObject, "an object");
        var seen = new Members(this, "interchange_format_version", "genesis_validators_root");
        while (await seen.NextAsync("metadata."))
        {
            if (_member == "metadata.genesis_validators_root")
            {
                GenesisValidatorsRoot = ReadRoot();
            }
            else if (_json.Text != "5")
            {
                throw Malformed("is not \"5\", the only version there is");
            }
        }
    }

    private async IAsyncEnumerable<InterchangeRecord> ReadValidatorAsync(int entry)
    {
        _validator = $"data[{entry}]";
        Expect(JsonTokenType.StartObject, "an object");
        var seen = new Members(this, "pubkey") { Optional = ["signed_blocks", "signed_attestations"] };
        while (await seen.NextAsync(""))
        {
            if (_member == "pubkey")
            {
                yield return new InterchangeRecord.Key(entry, ReadKey());
                continue;
            }

            Expect(JsonTokenType.StartArray, "an array");
            var list = _member;
            for (var i = 0; await NextElementAsync(); i++)
            {
                var at = $"{list}[{i}]";
                yield return list == "signed_blocks" ? await ReadBlockAsync(entry, at) : await ReadAttestationAsync(entry, at);
            }
        }

        WithoutList += seen.HasAllOptional ? 0 : 1;
        (_validator, _member) = (null, "data");
    }

    private async ValueTask<InterchangeRecord> ReadBlockAsync(int entry, string at)
    {
        var (slot, root) = (0L, (Root?)null);
        var seen = new Members(this, "slot") { Optional = ["signing_root"] };
        _member = at;
        Expect(JsonTokenType.StartObject, "an object");
        while (await seen.NextAsync(at + "."))
        {
            (slot, root) = seen.Last == "slot" ? (ReadNumber(), root) : (slot, ReadOptionalRoot());
        }

        return new InterchangeRecord.Block(entry, slot, root);
    }

    private async ValueTask<InterchangeRecord> ReadAttestationAsync(int entry, string at)
    {
        var (source, target, root) = (0L, 0L, (Root?)null);
        var seen = new Members(this, "source_epoch", "target_epoch") { Optional = ["signing_root"] };
        _member = at;
        Expect(JsonTokenType.StartObject, "an object");
        while (await seen.NextAsync(at + "."))
        {
            (source, target, root) = seen.Last switch
            {
                "source_epoch" => (ReadNumber(), target, root),
                "target_epoch" => (source, ReadNumber(), root),
                _ => (source, target, ReadOptionalRoot()),
            };
        }

        return new InterchangeRecord.Attestation(entry, new Vote(source, target), root);
    }

    private BlsPublicKey ReadKey()
    {
        Expect(JsonTokenType.String, "a string");
        _validator = BlsPublicKey.TryParse(Digits(), out var key) ? key.ToString() : throw Malformed("is not a public key, 48 bytes of hex");
        return key;
    }

    // Nimbus writes 32 zero bytes where it knows no root. No message has this one.
    private Root? ReadOptionalRoot() => _json.Type != JsonTokenType.Null && ReadRoot() is var root && root != default ? root : null;

    private Root ReadRoot()
    {
        Expect(JsonTokenType.String, "a string");
        return Root.TryParse(Digits(), out var root) ? root : throw Malformed("is not a root, 32 bytes of hex");
    }

    private ReadOnlySpan<char> Digits() => _json.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? _json.Text.AsSpan(2) : _json.Text;

    private long ReadNumber() =>
        _json.Type is JsonTokenType.String or JsonTokenType.Number && long.TryParse(_json.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Malformed("is not a number from 0 to 2^63-1");

    private void Expect(JsonTokenType type, string name)
    {
        if (_json.Type != type)
        {
            throw Malformed($"is not {name}");
        }
    }

    private async ValueTask<bool> NextElementAsync()
    {
        await NextAsync();
        return _json.Type != JsonTokenType.EndArray;
    }

    private async ValueTask NextAsync()
    {
        try
        {
            await _json.ReadAsync();
        }
        catch (JsonException e)
        {
            throw new InterchangeException($"{Where()}the file is not well-formed JSON: {e.Message}", _validator, _member, e);
        }
    }

    private InterchangeException Malformed(string complaint) =>
        new($"{Where()}{(_member.Length == 0 ? "the document" : _member)} {complaint}", _validator, _member);

    private string Where() => _validator is null ? "" : $"validator {_validator}: ";

    /// <summary>The members of one object: goes from one known member's value to the next, and in the end misses those that must be there.</summary>
    private sealed class Members(InterchangeParser parser, params string[] required)
    {
        private readonly HashSet<string> _seen = [];

        public string[] Optional { get; init; } = [];

        public bool HasAllOptional => Optional.All(_seen.Contains);

        /// <summary>The name of the member at whose value the parser stands.</summary>
        public string Last { get; private set; } = "";

        public async ValueTask<bool> NextAsync(string prefix)
        {
            await parser.NextAsync();
            while (parser._json.Type == JsonTokenType.PropertyName)
            {
                Last = parser._json.Text;
                var known = required.Contains(Last) || Optional.Contains(Last);
                parser._member = prefix + Last;
                if (known && !_seen.Add(Last))
                {
                    throw parser.Malformed("stands there twice");
                }

                await parser.NextAsync();
                if (known)
                {
                    return true;
                }

                await parser.SkipAsync();
                await parser.NextAsync();
            }

            foreach (var name in required.Where(name => !_seen.Contains(name)))
            {
                parser._member = prefix + name;
                throw parser.Malformed("is missing");
            }

            return false;
        }
    }

    private async ValueTask SkipAsync()
    {
        try
        {
            await _json.SkipAsync();
        }
        catch (JsonException e)
        {
            throw new InterchangeException($"{Where()}the file is not well-formed JSON: {e.Message}", _validator, _member, e);
        }
    }
}
