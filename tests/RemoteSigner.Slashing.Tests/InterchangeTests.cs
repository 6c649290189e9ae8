using System.Text;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

public sealed class InterchangeTests
{
    private static readonly string _key = PublicKey(1).ToString();
    private static readonly string _chain = Root(7).ToString();

    [Fact]
    public async Task Accepts_members_in_any_order_upper_case_and_unprefixed_keys_numbers_and_unknown_members()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        var file = $$"""
            { "comment": [{"a": [1]}], "data": [
                { "signed_attestations": [{ "target_epoch": 6, "note": {}, "signing_root": null, "source_epoch": "5" }],
                  "signed_blocks": [{ "signing_root": "{{Message(Block(81), Root(1), Root(7)).SigningRoot.ToString()[
                2..
            ].ToUpperInvariant()}}", "slot": 81 }],
                  "pubkey": "{{_key[2..].ToUpperInvariant()}}" },
                { "pubkey": "0X{{_key[2..]}}", "signed_blocks": [{ "slot": "80" }], "signed_attestations": [] } ],
              "metadata": { "genesis_validators_root": "{{_chain}}", "interchange_format_version": "5" } }
            """;

        var report = await ImportAsync(signer, "\uFEFF" + file);

        Assert.Equal(Root(7), report.GenesisValidatorsRoot);
        Assert.Equal(
            new InterchangeReport.Line(PublicKey(1), false, 2, 2, 1, 1, new Slot(80), new Epoch(5), new Epoch(6)),
            Assert.Single(report.Validators)
        );
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.FromHistory);
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(82), Root(1), chain: Root(7)));
        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1), Block(81), Root(1), chain: Root(7))));
        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1), Block(80), Root(1), chain: Root(7))));
        Assert.Equal(
            SlashingRule.WrongGenesisValidatorsRoot,
            RuleOf(await signer.RequestAsync(Key(1), Block(90), Root(1), chain: Root(8)))
        );
    }

    [Theory]
    [InlineData("""[]""", null, "is not an object")]
    [InlineData("""{"metadata":META}""", "data", "data is missing")]
    [InlineData("""{"data":[]}""", "metadata", "metadata is missing")]
    [InlineData("""{"metadata":META,"data":[],"data":[]}""", "data", "twice")]
    [InlineData(
        """{"metadata":{"interchange_format_version":"4","genesis_validators_root":"ROOT"},"data":[]}""",
        "metadata.interchange_format_version",
        "only version"
    )]
    [InlineData("""{"metadata":{"interchange_format_version":"5"},"data":[]}""", "metadata.genesis_validators_root", "is missing")]
    [InlineData(
        """{"metadata":{"interchange_format_version":"5","genesis_validators_root":"0x12"},"data":[]}""",
        "metadata.genesis_validators_root",
        "32 bytes"
    )]
    [InlineData("""{"metadata":META,"data":[{"signed_blocks":[],"signed_attestations":[]}]}""", "pubkey", "data[0]: pubkey is missing")]
    [InlineData("""{"metadata":META,"data":[{"pubkey":"0xab","signed_blocks":[],"signed_attestations":[]}]}""", "pubkey", "48 bytes")]
    [InlineData(
        """{"metadata":META,"data":[{"pubkey":"KEY","signed_blocks":[],"signed_attestations":null}]}""",
        "signed_attestations",
        "is not an array"
    )]
    [InlineData("""{"metadata":META,"data":[{"pubkey":"KEY","signed_blocks":[],"signed_blocks":[]}]}""", "signed_blocks", "twice")]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[{"slot":"1"},{"slot":"-1"}],"signed_attestations":[]}]}""",
        "signed_blocks[1].slot",
        "2^63-1"
    )]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[{"slot":1.5}],"signed_attestations":[]}]}""",
        "signed_blocks[0].slot",
        "2^63-1"
    )]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[{"slot":"18446744073709551616"}],"signed_attestations":[]}]}""",
        "signed_blocks[0].slot",
        "2^63-1"
    )]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[{"slot":true}],"signed_attestations":[]}]}""",
        "signed_blocks[0].slot",
        "2^63-1"
    )]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[{"slot":"1","slot":"2"}],"signed_attestations":[]}]}""",
        "signed_blocks[0].slot",
        "twice"
    )]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[],"signed_attestations":[{"source_epoch":"1"}]}]}""",
        "signed_attestations[0].target_epoch",
        "is missing"
    )]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[],"signed_attestations":[{"source_epoch":"1","target_epoch":"2","signing_root":"zz"}]}]}""",
        "signed_attestations[0].signing_root",
        "32 bytes"
    )]
    [InlineData("""{"metadata":META,"data":{}}""", "data", "data is not an array")]
    [InlineData("""{"metadata":META,"data":[],"note":[1,}""", "note", "well-formed")]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[{"slot":" 1"}],"signed_attestations":[]}]}""",
        "signed_blocks[0].slot",
        "2^63-1"
    )]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[{"slot":[1]}],"signed_attestations":[]}]}""",
        "signed_blocks[0].slot",
        "2^63-1"
    )]
    [InlineData("""{"metadata":[],"data":[]}""", "metadata", "metadata is not an object")]
    [InlineData("""{"metadata":META,"data":[GOOD,[]]}""", "data", "is not an object")]
    [InlineData("""{"metadata":META,"data":[{"pubkey":7,"signed_blocks":[],"signed_attestations":[]}]}""", "pubkey", "is not a string")]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":["1"],"signed_attestations":[]}]}""",
        "signed_blocks[0]",
        "is not an object"
    )]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[],"signed_attestations":[{"source_epoch":"1","target_epoch":"2"},7]}]}""",
        "signed_attestations[1]",
        "is not an object"
    )]
    [InlineData(
        """{"metadata":META,"data":[GOOD,{"pubkey":"KEY","signed_blocks":[{"slot":"1","signing_root":7}],"signed_attestations":[]}]}""",
        "signed_blocks[0].signing_root",
        "is not a string"
    )]
    [InlineData("""{"metadata":META,"data":[GOOD""", "data", "well-formed")]
    [InlineData("""{"metadata":META,"data":[GOOD]} x""", "data", "well-formed")]
    [InlineData("", "", "well-formed")]
    [InlineData("""{"metadata":META,"data":[],"\ud800":1}""", "data", "surrogate")]
    [InlineData("""{"metadata":META,"data":[{"pubkey":"\ud800","signed_blocks":[],"signed_attestations":[]}]}""", "pubkey", "surrogate")]
    public async Task Names_what_is_malformed_and_keeps_nothing(string file, string? member, string complaint)
    {
        await using var signer = await TemporarySigner.CreateAsync();

        var refused = await Assert.ThrowsAsync<InterchangeException>(() => ImportAsync(signer, Fill(file)));

        Assert.Equal(member ?? "", refused.Member ?? "");
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await signer.Slashing.StatusAsync());
        Assert.Single((await ImportAsync(signer, Fill("""{"metadata":META,"data":[GOOD]}"""))).Validators);
    }

    /// <summary>Dirk leaves out a list that is empty.</summary>
    [Fact]
    public async Task A_list_that_is_left_out_is_an_empty_one_and_the_report_says_so()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        var report = await ImportAsync(
            signer,
            Fill(
                    """
                    {"metadata":META,"data":[{"pubkey":"KEY","signed_attestations":[{"source_epoch":"5","target_epoch":"6"}]},{"pubkey":"OTHER","signed_blocks":[{"slot":"9"}]},{"pubkey":"THIRD"},
                    {"pubkey":"KEY","signed_blocks":[],"signed_attestations":[]}]}
                    """
                )
                .Replace("OTHER", PublicKey(2).ToString(), StringComparison.Ordinal)
                .Replace("THIRD", PublicKey(3).ToString(), StringComparison.Ordinal)
        );

        Assert.Equal(3, report.WithoutList);
        Assert.Equal([(0, 1), (1, 0), (0, 0)], report.Validators.Select(line => (line.BlocksRead, line.AttestationsRead)));
    }

    /// <summary>Nimbus writes zeros where it knows no root. Taken for a root, they would prove that the key signs elsewhere.</summary>
    [Fact]
    public async Task A_signing_root_of_zeros_is_none()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(10), Root(1), chain: Root(7)));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(5, 6), Root(1), chain: Root(7)));
        var zeros = "0x" + new string('0', 64);

        await ImportAsync(
            signer,
            Fill(
                $$"""
                {"metadata":META,"data":[{"pubkey":"KEY","signed_blocks":[{"slot":"10","signing_root":"{{zeros}}"}],"signed_attestations":[{"source_epoch":"5","target_epoch":"6","signing_root":"{{zeros}}"}]}]}
                """
            )
        );

        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(1), Vote(5, 6), Root(1), chain: Root(7))));
    }

    [Fact]
    public async Task Refuses_a_value_that_would_need_unbounded_memory()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        var refused = await Assert.ThrowsAsync<InterchangeException>(() =>
            ImportAsync(signer, $$"""{"x":"{{new string('a', 100_000)}}"}""")
        );

        Assert.Contains("longer than 65536 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_file_of_another_chain()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await ImportAsync(signer, Fill("""{"metadata":META,"data":[GOOD]}"""));

        var refused = await Assert.ThrowsAsync<InterchangeException>(() =>
            ImportAsync(signer, Fill("""{"metadata":META,"data":[]}""").Replace(_chain, Root(8).ToString(), StringComparison.Ordinal))
        );

        Assert.Equal("metadata.genesis_validators_root", refused.Member);
    }

    [Fact]
    public async Task Exports_for_the_configured_chain_before_anything_was_signed()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        Assert.Contains(_chain, Encoding.UTF8.GetString((await signer.ExportAsync()).ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_tells_nothing_below_its_lowest_raises_the_low_watermarks_to_it()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await ImportAsync(signer, Fill("""{"metadata":META,"data":[GOOD]}"""));

        var report = await ImportAsync(
            signer,
            Fill("""{"metadata":META,"data":[GOOD]}""").Replace("\"10\"", "\"500\"", StringComparison.Ordinal),
            InterchangeReading.LowWatermarksAtLowest
        );

        Assert.Equal(new Slot(500), report.Validators[0].LowestSlot);
    }

    [Fact]
    public async Task A_long_history_goes_out_and_comes_in_whole()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.Slashing.RegisterAsync(Key(2), DeclaredHistory.NeverSigned);
        await Task.WhenAll(
            Enumerable
                .Range(1, 2500)
                .SelectMany(i =>
                    new[]
                    {
                        signer.RequestAsync(Key(1), Block((ulong)i), Root(i)),
                        signer.RequestAsync(Key(1), Vote((ulong)i - 1, (ulong)i), Root(i)),
                    }
                )
        );
        var exported = await signer.ExportAsync();
        await using var moved = await signer.MoveAsync(InterchangeReading.Complete);

        Assert.Equal(exported.ToArray(), (await moved.ExportAsync()).ToArray());
        Assert.Equal(
            [(2500L, 2500L), (0L, 0L)],
            (await moved.Slashing.StatusAsync()).Select(validator => (validator.Blocks, validator.Attestations))
        );
    }

    [Fact]
    public async Task Exports_only_the_keys_that_are_asked_for()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await ImportAsync(signer, Fill("""{"metadata":META,"data":[GOOD]}"""));
        await signer.Slashing.RegisterAsync(Key(2), DeclaredHistory.NeverSigned);

        Assert.Equal(2, await signer.Slashing.ExportAsync(Stream.Null));
        Assert.Equal(1, await signer.Slashing.ExportAsync(Stream.Null, [PublicKey(2), PublicKey(3)]));
    }

    private static Task<InterchangeReport> ImportAsync(
        TemporarySigner signer,
        string file,
        InterchangeReading reading = InterchangeReading.Complete
    ) => signer.Slashing.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(file)), reading);

    private static string Fill(string file) =>
        file.Replace("META", """{"interchange_format_version":"5","genesis_validators_root":"ROOT"}""", StringComparison.Ordinal)
            .Replace("GOOD", """{"pubkey":"KEY","signed_blocks":[{"slot":"10"}],"signed_attestations":[]}""", StringComparison.Ordinal)
            .Replace("ROOT", _chain, StringComparison.Ordinal)
            .Replace("KEY", _key, StringComparison.Ordinal);
}
