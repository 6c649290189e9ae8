using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// Duties of the present moment on hoodi. Their epoch is read once, so that a vote sent twice is the same vote; their slot is the epoch's
/// first and mostly past: late, as far as the signer's clock is concerned, and signed.
/// </summary>
public static class Chain
{
    public static Network Network { get; } = Network.Find("hoodi")!;

    /// <summary>The slot of the wall clock.</summary>
    public static ulong Slot =>
        ((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - Network.GenesisTime!.Value) / Network.SecondsPerSlot;

    public static ulong Epoch { get; } = Network.EpochOf(new Slot(Slot)).Value;

    /// <summary>A vote of the epoch that lies this many back; another fill is another vote.</summary>
    public static Attestation Vote(byte fill = 1, ulong epochsBack = 0) =>
        AttestationRequest.Message(
            Network.GenesisValidatorsRoot!.Value,
            Epoch - epochsBack - 1,
            Epoch - epochsBack,
            (Epoch - epochsBack) * Network.SlotsPerEpoch,
            fill
        );

    /// <summary>The body of <see cref="Vote"/>.</summary>
    public static string VoteJson(byte fill = 1, ulong epochsBack = 0) => AttestationRequest.Json(Vote(fill, epochsBack));

    /// <summary>A request that is not slashable: it may be posted again and again.</summary>
    public static string RandaoJson(ulong epoch = 7) =>
        $$"""{"type":"RANDAO_REVEAL",{{ForkInfo}},"randao_reveal":{"epoch":"{{epoch}}"} }""";

    public static string ExitJson =>
        $$"""{"type":"VOLUNTARY_EXIT",{{ForkInfo}},"voluntary_exit":{"epoch":"{{Epoch}}","validator_index":"5"} }""";

    /// <summary>The key that signs it is the one that it is for.</summary>
    public static string DepositJson(BlsPublicKey key) =>
        $$"""{"type":"DEPOSIT","deposit":{"pubkey":"{{key}}","withdrawal_credentials":"0x{{new string('0', 64)}}","amount":"32000000000","genesis_fork_version":"0x10000910"} }""";

    public static string ForkInfo =>
        $$"""
            "fork_info":{"fork":{"previous_version":"0x06000000","current_version":"0x06000000","epoch":"0"},"genesis_validators_root":"{{Network.GenesisValidatorsRoot}}"}
            """;
}
