using RemoteSigner.Spec;

namespace RemoteSigner.Rig;

/// <summary>ATTESTATION sign requests, as a validator client sends them.</summary>
public static class AttestationRequest
{
    /// <summary>A vote whose roots are all made of one byte: another byte is another vote.</summary>
    public static Attestation Message(Root genesisValidatorsRoot, ulong source, ulong target, ulong slot, byte fill) =>
        Message(genesisValidatorsRoot, source, target, slot, new Root([.. Enumerable.Repeat(fill, Root.Length)]));

    /// <summary>A vote whose roots are all this one.</summary>
    public static Attestation Message(Root genesisValidatorsRoot, ulong source, ulong target, ulong slot, Root root)
    {
        var version = ForkVersion.Parse("0x06000000");
        return new Attestation(
            new AttestationData(new Slot(slot), 0, root, new Checkpoint(new Epoch(source), root), new Checkpoint(new Epoch(target), root)),
            new ForkInfo(version, version, new Epoch(0), genesisValidatorsRoot)
        );
    }

    /// <summary>The body to post; it names no signing root.</summary>
    public static string Json(Attestation message)
    {
        var (vote, fork) = message;
        return $$$"""
            {"type":"ATTESTATION","fork_info":{"fork":{"previous_version":"{{{fork.PreviousVersion}}}","current_version":"{{{fork.CurrentVersion}}}","epoch":"{{{fork.Epoch}}}"},"genesis_validators_root":"{{{fork.GenesisValidatorsRoot}}}"},
            "attestation":{"slot":"{{{vote.Slot}}}","index":"{{{vote.Index}}}","beacon_block_root":"{{{vote.BeaconBlockRoot}}}","source":{"epoch":"{{{vote.Source.Epoch}}}","root":"{{{vote.Source.Root}}}"},"target":{"epoch":"{{{vote.Target.Epoch}}}","root":"{{{vote.Target.Root}}}"} } }
            """;
    }
}
