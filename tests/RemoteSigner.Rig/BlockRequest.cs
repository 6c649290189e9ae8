using RemoteSigner.Spec;

namespace RemoteSigner.Rig;

/// <summary>BLOCK_V2 sign requests with a header, as a validator client sends them.</summary>
public static class BlockRequest
{
    /// <summary>A proposal whose roots are all made of one byte: another byte is another block.</summary>
    public static Block Message(Root genesisValidatorsRoot, ulong slot, byte fill)
    {
        var root = new Root([.. Enumerable.Repeat(fill, Root.Length)]);
        var version = ForkVersion.Parse("0x06000000");
        return new Block(
            new Slot(slot),
            0,
            root,
            root,
            new BlockBody.RootOnly(root),
            new ForkInfo(version, version, new Epoch(0), genesisValidatorsRoot)
        );
    }

    /// <summary>The body to post; it names no signing root.</summary>
    public static string Json(Block message)
    {
        var fork = message.ForkInfo;
        return $$$"""
            {"type":"BLOCK_V2","fork_info":{"fork":{"previous_version":"{{{fork.PreviousVersion}}}","current_version":"{{{fork.CurrentVersion}}}","epoch":"{{{fork.Epoch}}}"},"genesis_validators_root":"{{{fork.GenesisValidatorsRoot}}}"},
            "beacon_block":{"version":"ELECTRA","block_header":{"slot":"{{{message.Slot}}}","proposer_index":"{{{message.ProposerIndex}}}","parent_root":"{{{message.ParentRoot}}}","state_root":"{{{message.StateRoot}}}","body_root":"{{{message.ParentRoot}}}"} } }
            """;
    }
}
