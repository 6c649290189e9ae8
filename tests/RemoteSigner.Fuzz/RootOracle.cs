using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace RemoteSigner.Fuzz;

/// <summary>
/// The signing root of a request that was signed, from its JSON alone: SSZ and domains written anew from the consensus specification, with
/// nothing of the signer's. It knows the duties that the seeds can ask for; a signature of any other is a finding.
/// </summary>
internal static class RootOracle
{
    private static readonly byte[] _zero = new byte[32];

    /// <summary>The root, 32 bytes.</summary>
    /// <exception cref="FormatException">The request does not say clearly what is to be signed.</exception>
    public static byte[] RootOf(JsonElement request, string genesisVersion)
    {
        var fork = Maybe(request, "fork_info");
        return Text(request, "type").ToUpperInvariant() switch
        {
            "ATTESTATION" when Member(request, "attestation") is var vote => Signing(
                VoteRoot(vote),
                ForkDomain("01000000", fork, Number(Member(vote, "target"), "epoch"))
            ),
            "AGGREGATION_SLOT" when Number(Member(request, "aggregation_slot"), "slot") is var slot => Signing(
                Number(slot),
                ForkDomain("05000000", fork, slot / 32)
            ),
            "RANDAO_REVEAL" when Number(Member(request, "randao_reveal"), "epoch") is var epoch => Signing(
                Number(epoch),
                ForkDomain("02000000", fork, epoch)
            ),
            "BLOCK_V2" when Member(Member(request, "beacon_block"), "block_header") is var header => Signing(
                HeaderRoot(header),
                ForkDomain("00000000", fork, Number(header, "slot") / 32)
            ),
            "SYNC_COMMITTEE_MESSAGE" when Member(request, "sync_committee_message") is var message => Signing(
                Bytes(message, "beacon_block_root", 32),
                ForkDomain("07000000", fork, Number(message, "slot") / 32)
            ),
            "SYNC_COMMITTEE_SELECTION_PROOF" when Member(request, "sync_aggregator_selection_data") is var selection => Signing(
                Container(Number(Number(selection, "slot")), Number(Number(selection, "subcommittee_index"))),
                ForkDomain("08000000", fork, Number(selection, "slot") / 32)
            ),
            "SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF" when Member(request, "contribution_and_proof") is var proof => Signing(
                ContributionRoot(proof),
                ForkDomain("09000000", fork, Number(Member(proof, "contribution"), "slot") / 32)
            ),
            "AGGREGATE_AND_PROOF"
            or "AGGREGATE_AND_PROOF_V2"
                when Member(request, "aggregate_and_proof") is var proof && (Maybe(proof, "data") ?? proof) is var data => Signing(
                AggregateRoot(data),
                ForkDomain("06000000", fork, Number(Member(Member(data, "aggregate"), "data"), "slot") / 32)
            ),
            "VOLUNTARY_EXIT" when Member(request, "voluntary_exit") is var exit => Signing(
                Container(Number(Number(exit, "epoch")), Number(Number(exit, "validator_index"))),
                // EIP-7044: Capella's version for ever, on a network that had Deneb from its first epoch on.
                Domain(
                    "04000000",
                    Convert.FromHexString("40000910"),
                    Bytes(fork ?? throw Unclear("fork_info"), "genesis_validators_root", 32)
                )
            ),
            "VALIDATOR_REGISTRATION" when Member(request, "validator_registration") is var registration => Signing(
                Container(
                    Chunk(Bytes(registration, "fee_recipient", 20)),
                    Number(Number(registration, "gas_limit")),
                    Number(Number(registration, "timestamp")),
                    Vector(Bytes(registration, "pubkey", 48))
                ),
                Domain("00000001", Convert.FromHexString(genesisVersion), _zero)
            ),
            "DEPOSIT" when Member(request, "deposit") is var deposit => Signing(
                Container(
                    Vector(Bytes(deposit, "pubkey", 48)),
                    Bytes(deposit, "withdrawal_credentials", 32),
                    Number(Number(deposit, "amount"))
                ),
                Domain("03000000", Bytes(deposit, "genesis_fork_version", 4), _zero)
            ),
            var other => throw Unclear($"a duty of the type {other}, which no seed asks for,"),
        };
    }

    private static byte[] VoteRoot(JsonElement vote) =>
        Container(
            Number(Number(vote, "slot")),
            Number(Number(vote, "index")),
            Bytes(vote, "beacon_block_root", 32),
            CheckpointRoot(Member(vote, "source")),
            CheckpointRoot(Member(vote, "target"))
        );

    private static byte[] CheckpointRoot(JsonElement checkpoint) =>
        Container(Number(Number(checkpoint, "epoch")), Bytes(checkpoint, "root", 32));

    private static byte[] HeaderRoot(JsonElement header) =>
        Container(
            Number(Number(header, "slot")),
            Number(Number(header, "proposer_index")),
            Bytes(header, "parent_root", 32),
            Bytes(header, "state_root", 32),
            Bytes(header, "body_root", 32)
        );

    private static byte[] ContributionRoot(JsonElement proof)
    {
        var contribution = Member(proof, "contribution");
        return Container(
            Number(Number(proof, "aggregator_index")),
            Container(
                Number(Number(contribution, "slot")),
                Bytes(contribution, "beacon_block_root", 32),
                Number(Number(contribution, "subcommittee_index")),
                Chunk(Bytes(contribution, "aggregation_bits", 16)),
                Vector(Bytes(contribution, "signature", 96))
            ),
            Vector(Bytes(proof, "selection_proof", 96))
        );
    }

    private static byte[] AggregateRoot(JsonElement proof)
    {
        var aggregate = Member(proof, "aggregate");
        var bits = Bytes(aggregate, "aggregation_bits", null);
        var data = VoteRoot(Member(aggregate, "data"));
        var signature = Vector(Bytes(aggregate, "signature", 96));
        var isElectra = Maybe(aggregate, "committee_bits") is not null;
        var root = isElectra
            ? Container(Bitlist(bits, 131_072), data, signature, Chunk(Bytes(aggregate, "committee_bits", 8)))
            : Container(Bitlist(bits, 2_048), data, signature);
        return Container(Number(Number(proof, "aggregator_index")), root, Vector(Bytes(proof, "selection_proof", 96)));
    }

    // ── SSZ ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    private static byte[] Signing(byte[] root, byte[] domain) => Container(root, domain);

    private static byte[] ForkDomain(string type, JsonElement? forkInfo, ulong epoch)
    {
        var info = forkInfo ?? throw Unclear("fork_info");
        var fork = Member(info, "fork");
        return Domain(
            type,
            Bytes(fork, epoch < Number(fork, "epoch") ? "previous_version" : "current_version", 4),
            Bytes(info, "genesis_validators_root", 32)
        );
    }

    private static byte[] Domain(string type, byte[] version, byte[] genesisValidatorsRoot) =>
        [.. Convert.FromHexString(type), .. Container(Chunk(version), genesisValidatorsRoot)[..28]];

    private static byte[] Container(params byte[][] fields) => Merkle(fields, fields.Length);

    private static byte[] Vector(byte[] bytes) => Merkle([.. bytes.Chunk(32).Select(Chunk)], (bytes.Length + 31) / 32);

    private static byte[] Bitlist(byte[] bytes, int limit)
    {
        if (bytes.Length == 0 || bytes[^1] == 0)
        {
            throw Unclear("a bit list without an end");
        }

        var top = 7;
        while ((bytes[^1] >> top) == 0)
        {
            top--;
        }

        var length = (8 * (bytes.Length - 1)) + top;
        var bits = (byte[])bytes.Clone();
        bits[^1] ^= (byte)(1 << top);
        var content = bits[..((length + 7) / 8)];
        return SHA256.HashData([.. Merkle([.. content.Chunk(32).Select(Chunk)], limit / 256), .. Number((ulong)length)]);
    }

    private static byte[] Merkle(byte[][] chunks, int limit)
    {
        if (chunks.Length > limit)
        {
            throw Unclear("a list that is too long");
        }

        var (layer, zero) = (chunks, _zero);
        for (var width = 1; width < limit; width *= 2)
        {
            var above = new byte[(layer.Length + 1) / 2][];
            for (var i = 0; i < above.Length; i++)
            {
                above[i] = SHA256.HashData([.. layer[2 * i], .. (2 * i) + 1 < layer.Length ? layer[(2 * i) + 1] : zero]);
            }

            zero = SHA256.HashData([.. zero, .. zero]);
            layer = above.Length == 0 ? [zero] : above;
        }

        return layer.Length == 0 ? zero : layer[0];
    }

    private static byte[] Chunk(byte[] bytes) => [.. bytes, .. new byte[32 - bytes.Length]];

    private static byte[] Number(ulong value) => Chunk(BitConverter.GetBytes(value));

    // ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    private static JsonElement? Maybe(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            throw Unclear(name);
        }

        JsonElement? found = null;
        foreach (var member in parent.EnumerateObject())
        {
            if (member.NameEquals(name))
            {
                found = found is null ? member.Value : throw Unclear($"{name}, twice,");
            }
        }

        return found is { ValueKind: not JsonValueKind.Null } ? found : null;
    }

    private static JsonElement Member(JsonElement parent, string name) => Maybe(parent, name) ?? throw Unclear(name);

    private static string Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Unclear(name);

    private static ulong Number(JsonElement parent, string name)
    {
        var member = Member(parent, name);
        var digits = member.ValueKind == JsonValueKind.Number ? member.GetRawText() : Text(parent, name);
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unclear(name);
    }

    private static byte[] Bytes(JsonElement parent, string name, int? length)
    {
        var text = Text(parent, name);
        var bytes = Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text);
        return length is null || bytes.Length == length ? bytes : throw Unclear(name);
    }

    private static FormatException Unclear(string what) => new($"the request was signed, and {what} is not clear in it");
}
