using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Native;

namespace RemoteSigner.Administration.Keys;

/// <summary>Shares as a door took them: opened, not yet placed. Their secrets stay the door's to dispose.</summary>
/// <param name="Shares">In the order in which they were sent.</param>
/// <param name="Provenance">By which door they came.</param>
/// <param name="Label">What the vault has as their origin.</param>
/// <param name="Floor">What is stated about their past.</param>
/// <param name="Policy">By which the documents are judged that say where they belong.</param>
/// <param name="Right">What the door's client needs.</param>
public sealed record SharePush(
    IReadOnlyList<(BlsPublicKey Key, BlsSecretKey Secret)> Shares, ShareProvenance Provenance, string Label, SlashingFloor Floor, VerificationPolicy Policy, AdminRight Right)
{
    /// <summary>An EIP-3076 interchange file that came along, UTF-8; null for none.</summary>
    public ReadOnlyMemory<byte>? History { get; init; }
}

/// <summary>What became of a share that was sent.</summary>
public enum PushedShare
{
    /// <summary>It came in.</summary>
    Imported,

    /// <summary>It signs here already.</summary>
    Duplicate,
}
