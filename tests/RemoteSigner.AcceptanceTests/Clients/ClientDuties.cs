using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Bodies as a client writes them: its names, its claim of the root, its form of an aggregate.</summary>
internal static class ClientDuties
{
    // hoodi's, from Deneb on; the epoch is that from which it holds.
    private static readonly (string Version, ulong Epoch)[] _forks = [("0x50000910", 0), ("0x60000910", 2048), ("0x70000910", 50688)];

    /// <summary>A vote that is the same whoever asks for it.</summary>
    public static string Vote(ClientFixture client)
    {
        var message = Chain.Vote();
        var json = AttestationRequest.Json(message).Trim();
        return $"{json[..^1]},\"{client.RootName}\":\"{message.WithRoot(Chain.Network).SigningRoot}\"}}";
    }

    public static string Randao => Chain.RandaoJson(Chain.Epoch);

    /// <summary>An epoch's vote and aggregate, and its proposer's reveal, with the fork that holds there.</summary>
    public static IEnumerable<string> Around(ClientFixture client, ulong epoch)
    {
        var at = Array.FindLastIndex(_forks, fork => fork.Epoch <= epoch);
        var fork = $$"""
            "fork_info":{"fork":{"previous_version":"{{_forks[Math.Max(at - 1, 0)].Version}}","current_version":"{{_forks[
                at
            ].Version}}","epoch":"{{_forks[at].Epoch}}"},"genesis_validators_root":"{{Chain.Network.GenesisValidatorsRoot}}"}
            """;
        var root = "0x" + new string('1', 64);
        var data = $$"""
            {"slot":"{{epoch * Chain.Network.SlotsPerEpoch}}","index":"0","beacon_block_root":"{{root}}","source":{"epoch":"{{epoch
                - 1}}","root":"{{root}}"},"target":{"epoch":"{{epoch}}","root":"{{root}}"} }
            """;
        yield return $$"""{"type":"ATTESTATION",{{fork}},"attestation":{{data}} }""";
        yield return $$"""{"type":"RANDAO_REVEAL",{{fork}},"randao_reveal":{"epoch":"{{epoch}}"} }""";
        yield return Aggregate(client, at, fork, data);
    }

    private static string Aggregate(ClientFixture client, int at, string fork, string data)
    {
        // Electra has more bits, and says whose they are.
        var signature = $"0x{"c" + new string('0', 191)}";
        var isElectra = at > 0;
        var more = isElectra ? ",\"committee_bits\":\"0x0100000000000000\"" : "";
        var proof = $$"""
            {"aggregator_index":"7","aggregate":{"aggregation_bits":"0x03","data":{{data}},"signature":"{{signature}}"{{more}} },"selection_proof":"{{signature}}"}
            """;
        var (type, saysVersion) = client.Aggregate;
        var name = (string[])["DENEB", "ELECTRA", "FULU"];
        return saysVersion
            ? $$"""{"type":"{{type}}",{{fork}},"aggregate_and_proof":{"version":"{{name[at]}}","data":{{proof}} } }"""
            : $$"""{"type":"{{type}}",{{fork}},"aggregate_and_proof":{{proof}} }""";
    }
}
