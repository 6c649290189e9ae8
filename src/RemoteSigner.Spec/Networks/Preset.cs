namespace RemoteSigner.Spec;

/// <summary>
/// The sizes that are fixed when a client is compiled (consensus-specs, presets/; for Gnosis gnosischain/specs). Only those that decide a
/// signing root; the constants are the same in all three presets.
/// </summary>
public sealed record Preset(string Name, ulong SlotsPerEpoch, int MaxCommitteesPerSlot, int SyncCommitteeSize)
{
    public const ulong MaxValidatorsPerCommittee = 2048;
    public const ulong MaxProposerSlashings = 16;
    public const ulong MaxAttesterSlashings = 2;
    public const ulong MaxAttestations = 128;
    public const ulong MaxDeposits = 16;
    public const ulong MaxVoluntaryExits = 16;

    private const int SyncCommitteeSubnetCount = 4;

    public static Preset Mainnet { get; } = new("mainnet", SlotsPerEpoch: 32, MaxCommitteesPerSlot: 64, SyncCommitteeSize: 512);

    public static Preset Minimal { get; } = new("minimal", SlotsPerEpoch: 8, MaxCommitteesPerSlot: 4, SyncCommitteeSize: 32);

    public static Preset Gnosis { get; } = new("gnosis", SlotsPerEpoch: 16, MaxCommitteesPerSlot: 64, SyncCommitteeSize: 512);

    /// <summary>The members of a sync subcommittee: the bits of a contribution.</summary>
    public int SyncSubcommitteeSize => SyncCommitteeSize / SyncCommitteeSubnetCount;

    /// <summary>The bits of an attestation from Electra on, which may speak for all committees of its slot (EIP-7549).</summary>
    public ulong MaxValidatorsPerSlot => MaxValidatorsPerCommittee * (ulong)MaxCommitteesPerSlot;

    /// <summary>The preset of that name, or null.</summary>
    public static Preset? Find(string name) =>
        name switch
        {
            "mainnet" => Mainnet,
            "minimal" => Minimal,
            "gnosis" => Gnosis,
            _ => null,
        };
}
