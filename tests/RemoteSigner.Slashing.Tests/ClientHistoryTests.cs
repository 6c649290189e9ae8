using System.Text;
using RemoteSigner.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>
/// Slashing exports in the shape in which each client's source writes them: which members, which order, what stands for nothing.
/// </summary>
public sealed class ClientHistoryTests
{
    private static readonly string _chain = Root(7).ToString();
    private static readonly string _key = PublicKey(1).ToString();
    private static readonly string _other = PublicKey(2).ToString();
    private static readonly string _root = Root(3).ToString();
    private static readonly string _zeros = "0x" + new string('0', 64);

    public static TheoryData<string, string, int> Files =>
        new()
        {
            // One newest block and vote of each key, without roots; a list without one is left out.
            {
                "dirk",
                $$"""
                    {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{_chain}}"},"data":[
                    {"pubkey":"{{_key}}","signed_blocks":[{"slot":"81952"}],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007"}]},
                    {"pubkey":"{{_other}}","signed_attestations":[{"source_epoch":"2290","target_epoch":"3007"}]}]}
                    """,
                1
            },
            // Minified by default: one entry of each kind, no root; both lists are always there.
            {
                "lighthouse",
                $$"""
                    {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{_chain}}"},"data":[
                    {"pubkey":"{{_key}}","signed_blocks":[{"slot":"81952"}],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007"}]},
                    {"pubkey":"{{_other}}","signed_blocks":[],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007","signing_root":"{{_root}}"}]}]}
                    """,
                0
            },
            // The whole history, indented.
            {
                "prysm",
                $$"""
                    {
                      "metadata": { "interchange_format_version": "5", "genesis_validators_root": "{{_chain}}" },
                      "data": [
                        { "pubkey": "{{_key}}", "signed_blocks": [ { "slot": "81952", "signing_root": "{{_root}}" } ],
                          "signed_attestations": [ { "source_epoch": "2289", "target_epoch": "3006" }, { "source_epoch": "2290", "target_epoch": "3007", "signing_root": "{{_root}}" } ] },
                        { "pubkey": "{{_other}}", "signed_blocks": [], "signed_attestations": [ { "source_epoch": "2290", "target_epoch": "3007", "signing_root": "{{_root}}" } ] }
                      ]
                    }
                    """,
                0
            },
            {
                "lodestar",
                $$"""
                    {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{_chain}}"},"data":[
                    {"pubkey":"{{_key}}","signed_blocks":[{"slot":"81952","signing_root":"{{_root}}"}],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007","signing_root":"{{_root}}"}]},
                    {"pubkey":"{{_other}}","signed_blocks":[],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007"}]}]}
                    """,
                0
            },
            // Zeros where it knows no root.
            {
                "nimbus",
                $$"""
                    {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{_chain}}"},"data":[
                    {"pubkey":"{{_key}}","signed_blocks":[{"slot":"81952","signing_root":"{{_zeros}}"}],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007","signing_root":"{{_zeros}}"}]},
                    {"pubkey":"{{_other}}","signed_blocks":[],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007","signing_root":"{{_root}}"}]}]}
                    """,
                0
            },
            // Slot 0 for a key that has proposed nothing.
            {
                "teku",
                $$"""
                    {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{_chain}}"},"data":[
                    {"pubkey":"{{_key}}","signed_blocks":[{"slot":"81952"}],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007"}]},
                    {"pubkey":"{{_other}}","signed_blocks":[{"slot":"0"}],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007"}]}]}
                    """,
                0
            },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Is_read_and_keeps_its_keys_from_signing_what_it_has(string client, string file, int withoutList)
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.Slashing.RegisterAsync(Key(2), DeclaredHistory.NeverSigned);

        var report = await signer.Slashing.ImportAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(file)),
            InterchangeReading.LowWatermarksAtLowest
        );

        Assert.Equal((client, withoutList), (client, report.WithoutList));
        Assert.Equal([PublicKey(1), PublicKey(2)], report.Validators.Select(line => line.PublicKey));
        Assert.NotNull(RuleOf(await signer.RequestAsync(Key(1), Block(81952), Root(1), chain: Root(7))));
        Assert.NotNull(RuleOf(await signer.RequestAsync(Key(1), Vote(2290, 3007), Root(1), chain: Root(7))));
        Assert.NotNull(RuleOf(await signer.RequestAsync(Key(2), Vote(2290, 3007), Root(1), chain: Root(7))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(81953), Root(1), chain: Root(7)));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(2), Vote(2291, 3008), Root(1), chain: Root(7)));
    }

    /// <summary>Teku leaves the chain out where a key's record had none. Nobody can tell from the file whose votes these are.</summary>
    [Fact]
    public async Task A_file_without_its_chain_is_refused()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        var refused = await Assert.ThrowsAsync<InterchangeException>(() =>
            signer.Slashing.ImportAsync(
                new MemoryStream(Encoding.UTF8.GetBytes("""{"metadata":{"interchange_format_version":"5"},"data":[]}""")),
                InterchangeReading.LowWatermarksAtLowest
            )
        );

        Assert.Equal("metadata.genesis_validators_root", refused.Member);
    }
}
