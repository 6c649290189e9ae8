using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// What the operators of a cluster agreed on before its keys existed: Charon's <c>cluster-definition.json</c>. Reading it proves nothing;
/// see <see cref="ClusterVerifier"/>.
/// </summary>
public sealed record ClusterDefinition
{
    public required ClusterVersion Version { get; init; }

    public required string Name { get; init; }

    public required string Uuid { get; init; }

    /// <summary>Free text, empty in some files of v1.0.</summary>
    public required string Timestamp { get; init; }

    /// <summary>At least 1, at most 65536.</summary>
    public required int NumValidators { get; init; }

    /// <summary>As the file says; whether it is sensible is a check.</summary>
    public required int Threshold { get; init; }

    public required string DkgAlgorithm { get; init; }

    /// <summary>The genesis fork version, which names the network.</summary>
    public required ForkVersion ForkVersion { get; init; }

    /// <summary>In the order of share indices: the first has share 1.</summary>
    public required ImmutableArray<ClusterOperator> Operators { get; init; }

    /// <summary>Null before v1.4.</summary>
    public ClusterCreator? Creator { get; init; }

    /// <summary>One for each validator; before v1.5 one for all.</summary>
    public required ImmutableArray<ValidatorAddresses> ValidatorAddresses { get; init; }

    /// <summary>In Gwei; empty where Charon's defaults hold.</summary>
    public ImmutableArray<ulong> DepositAmounts { get; init; } = [];

    public string ConsensusProtocol { get; init; } = "";

    public ulong TargetGasLimit { get; init; }

    /// <summary>Withdrawal credentials begin with 0x02 instead of 0x01.</summary>
    public bool Compounding { get; init; }

    /// <summary>Names the definition without ENRs and signatures; this is what operators sign.</summary>
    public required Root ConfigHash { get; init; }

    public required Root DefinitionHash { get; init; }

    /// <summary>Fee recipient and withdrawal address of the validator at this position, counted from 0.</summary>
    public ValidatorAddresses AddressesOf(int validator) => ValidatorAddresses[Version.HasAddressesPerValidator ? validator : 0];

    /// <summary>Reads <c>cluster-definition.json</c>.</summary>
    /// <exception cref="ClusterFileException">Too large, not JSON, malformed or of an unknown version.</exception>
    public static ClusterDefinition Parse(ReadOnlyMemory<byte> json) => ClusterJson.Read(json, DefinitionJson.Read);

    /// <summary>
    /// The share index (from 1) of the operator whose node has this key (33 bytes); null when it is none of theirs. An operator whose ENR
    /// is malformed is nobody.
    /// </summary>
    public ulong? FindShareIndex(ReadOnlySpan<byte> nodeKey)
    {
        for (var i = 0; i < Operators.Length; i++)
        {
            if (NodeRecord.TryParse(Operators[i].Enr, out var node, out _) && nodeKey.SequenceEqual(node.PublicKey.AsSpan()))
            {
                return (ulong)i + 1;
            }
        }

        return null;
    }

    /// <summary>
    /// The key (33 bytes) of the node of the operator with this share index, from 1; null where there is none, or its ENR is malformed.
    /// </summary>
    public ImmutableArray<byte>? NodeKeyOf(ulong shareIndex) =>
        shareIndex >= 1
        && shareIndex <= (ulong)Operators.Length
        && NodeRecord.TryParse(Operators[(int)shareIndex - 1].Enr, out var node, out _)
            ? node.PublicKey
            : null;
}
