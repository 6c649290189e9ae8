using System.Globalization;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Reads the EIP-3076 interchange format, members in any order. Unknown members are skipped; a known one that is missing, doubled or
/// malformed throws <see cref="InterchangeException"/> with the validator and member at fault. Of the two lists of a validator either may
/// be left out, as Dirk leaves out those that are empty.
/// </summary>
internal sealed class InterchangeParser(Stream stream)
{
    private readonly JsonTokens _json = new(stream);
    private readonly Members _document = new(["metadata", "data"], []);
    private readonly Members _metadata = new(["interchange_format_version", "genesis_validators_root"], []);
    private readonly Members _element = new(["pubkey"], ["signed_blocks", "signed_attestations"]);
    private readonly Members _block = new(["slot"], ["signing_root"]);
    private readonly Members _vote = new(["source_epoch", "target_epoch"], ["signing_root"]);
    private string? _validator;
    private Place _place;

    /// <summary>The chain the file is for; known at the latest when <see cref="ReadAsync"/> has ended.</summary>
    public Root GenesisValidatorsRoot { get; private set; }

    /// <summary>
    /// How many elements of <c>data</c> lack <c>signed_blocks</c>, <c>signed_attestations</c> or both, each read as an empty list.
    /// </summary>
    public int WithoutList { get; private set; }

    /// <summary>Every public key, block and vote of the file, in its order.</summary>
    public async IAsyncEnumerable<InterchangeRecord> ReadAsync()
    {
        await NextAsync();
        BeginObject(_document);
        while (await NextAsync(_document, default))
        {
            if (_document.Last == "metadata")
            {
                await ReadMetadataAsync();
                continue;
            }

            Expect(JsonTokenType.StartArray, "an array");
            for (var entry = 0; await NextElementAsync(); entry++)
            {
                await foreach (var record in ReadValidatorAsync(entry))
                {
                    yield return record;
                }
            }
        }

        await NextAsync();
    }

    private async ValueTask ReadMetadataAsync()
    {
        BeginObject(_metadata);
        while (await NextAsync(_metadata, new Place("metadata")))
        {
            if (_metadata.Last == "genesis_validators_root")
            {
                GenesisValidatorsRoot = ReadRoot();
            }
            else if (_json.Text is not "5")
            {
                throw Malformed("is not \"5\", the only version there is");
            }
        }
    }

    private async IAsyncEnumerable<InterchangeRecord> ReadValidatorAsync(int entry)
    {
        _validator = $"data[{entry}]";
        BeginObject(_element);
        var (key, numbers) = (default(BlsPublicKey), default(InterchangeNumbers));
        while (await NextAsync(_element, default))
        {
            if (_element.Last == "pubkey")
            {
                key = ReadKey();
                continue;
            }

            Expect(JsonTokenType.StartArray, "an array");
            for (var index = 0; await NextElementAsync(); index++)
            {
                InterchangeRecord record =
                    _element.Last == "signed_blocks" ? await ReadBlockAsync(entry, index) : await ReadVoteAsync(entry, index);
                numbers = numbers.With(record);
                yield return record;
            }
        }

        yield return new InterchangeRecord.Key(entry, key, numbers);
        WithoutList += _element.HasAll ? 0 : 1;
        (_validator, _place) = (null, new Place(Member: "data"));
    }

    private async ValueTask<InterchangeRecord> ReadBlockAsync(int entry, int index)
    {
        var (slot, root, at) = (0L, (Root?)null, _place = new Place("signed_blocks", index));
        BeginObject(_block);
        while (await NextAsync(_block, at))
        {
            if (_block.Last == "slot")
            {
                slot = ReadNumber();
            }
            else
            {
                root = ReadOptionalRoot();
            }
        }

        return new InterchangeRecord.Block(entry, index, slot, root);
    }

    private async ValueTask<InterchangeRecord> ReadVoteAsync(int entry, int index)
    {
        var (source, target, root, at) = (0L, 0L, (Root?)null, _place = new Place("signed_attestations", index));
        BeginObject(_vote);
        while (await NextAsync(_vote, at))
        {
            switch (_vote.Last)
            {
                case "source_epoch":
                    source = ReadNumber();
                    break;
                case "target_epoch":
                    target = ReadNumber();
                    break;
                default:
                    root = ReadOptionalRoot();
                    break;
            }
        }

        return new InterchangeRecord.Attestation(entry, index, new Vote(source, target), root);
    }

    private BlsPublicKey ReadKey()
    {
        Expect(JsonTokenType.String, "a string");
        _validator = BlsPublicKey.TryParse(Digits(), out var key)
            ? key.ToString()
            : throw Malformed("is not a public key, 48 bytes of hex");
        return key;
    }

    // Nimbus writes 32 zero bytes where it knows no root. No message has this one.
    private Root? ReadOptionalRoot() => _json.Type != JsonTokenType.Null && ReadRoot() is var root && root != default ? root : null;

    private Root ReadRoot()
    {
        Expect(JsonTokenType.String, "a string");
        return Root.TryParse(Digits(), out var root) ? root : throw Malformed("is not a root, 32 bytes of hex");
    }

    private ReadOnlySpan<char> Digits() => _json.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? _json.Text[2..] : _json.Text;

    private long ReadNumber() =>
        long.TryParse(_json.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
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

    private void BeginObject(Members members)
    {
        Expect(JsonTokenType.StartObject, "an object");
        members.Begin();
    }

    /// <summary>Goes to the value of the object's next known member, past all others; at its end misses those that must be there.</summary>
    private async ValueTask<bool> NextAsync(Members members, Place at)
    {
        await NextAsync();
        while (_json.Type == JsonTokenType.PropertyName)
        {
            var (isKnown, isDoubled) = members.Note(_json.Text);
            _place = at with { Member = members.Last };
            if (isDoubled)
            {
                throw Malformed("stands there twice");
            }

            await NextAsync();
            if (isKnown)
            {
                return true;
            }

            await WellFormedAsync(_json.SkipAsync());
            await NextAsync();
        }

        if (members.FindMissing() is { } missing)
        {
            _place = at with { Member = missing };
            throw Malformed("is missing");
        }

        return false;
    }

    // A token that lies in the buffer already, as nearly all do, costs no task.
    private ValueTask NextAsync()
    {
        try
        {
            var read = _json.ReadAsync();
            return read.IsCompletedSuccessfully ? read : WellFormedAsync(read);
        }
        catch (JsonException e)
        {
            throw NotJson(e);
        }
    }

    private async ValueTask WellFormedAsync(ValueTask read)
    {
        try
        {
            await read;
        }
        catch (JsonException e)
        {
            throw NotJson(e);
        }
    }

    private InterchangeException NotJson(JsonException e) =>
        new($"{Where()}the file is not well-formed JSON: {e.Message}", _validator, _place.ToString(), e);

    private InterchangeException Malformed(string complaint) =>
        new($"{Where()}{(_place == default ? "the document" : _place)} {complaint}", _validator, _place.ToString());

    private string Where() => _validator is null ? "" : $"validator {_validator}: ";

    /// <summary>
    /// Where in the document, or in the element of <c>data</c>, the parser stands; spelled out only where it must be told.
    /// </summary>
    /// <param name="Within">The member around it; null: there is none.</param>
    /// <param name="Index">Which element of that, where it is a list.</param>
    /// <param name="Member">The member of either.</param>
    private readonly record struct Place(string? Within = null, int? Index = null, string? Member = null)
    {
        public override string ToString() =>
            $"{Within}{(Index is { } i ? $"[{i}]" : "")}{(Within is null || Member is null ? "" : ".")}{Member}";
    }

    /// <summary>
    /// The members that objects of one kind have: which are known, which of them the object at hand had so far, and which of them must be
    /// there.
    /// </summary>
    private sealed class Members(string[] required, string[] optional)
    {
        private readonly string[] _known = [.. required, .. optional];
        private int _seen;

        public bool HasAll => _seen == (1 << _known.Length) - 1;

        /// <summary>The name of the member at whose value the parser stands.</summary>
        public string Last { get; private set; } = "";

        /// <summary>Another object begins.</summary>
        public void Begin() => _seen = 0;

        /// <summary>Notes a member: is it known, and was it there already?</summary>
        public (bool IsKnown, bool IsDoubled) Note(ReadOnlySpan<char> name)
        {
            for (var i = 0; i < _known.Length; i++)
            {
                if (name.SequenceEqual(_known[i]))
                {
                    var before = _seen;
                    (Last, _seen) = (_known[i], before | (1 << i));
                    return (true, before == _seen);
                }
            }

            Last = name.ToString();
            return (false, false);
        }

        /// <summary>The first that must be there and is not; null: there is none.</summary>
        public string? FindMissing()
        {
            for (var i = 0; i < required.Length; i++)
            {
                if ((_seen & (1 << i)) == 0)
                {
                    return required[i];
                }
            }

            return null;
        }
    }
}
