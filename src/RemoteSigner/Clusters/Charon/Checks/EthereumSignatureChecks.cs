using System.Collections.Immutable;
using static RemoteSigner.Clusters.CheckVerdict;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Checks of what creators, operators and nodes signed with secp256k1 keys before the keys of the cluster existed.</summary>
internal static class EthereumSignatureChecks
{
    private const string Unsigned = "nobody signed the definition: a cluster made by one person, or reshared";

    public static CheckVerdict NodeRecords(ClusterDefinition definition, VerificationPolicy policy)
    {
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < definition.Operators.Length; i++)
        {
            if (!NodeRecord.TryParse(definition.Operators[i].Enr, out var node, out var problem))
            {
                return new Failed($"the ENR of {CheckText.Operator(i)} is no node record: {problem}", CheckText.Restore);
            }

            if (!seen.TryAdd(Convert.ToHexString(node.PublicKey.AsSpan()), i))
            {
                return new Failed(
                    $"{CheckText.Operator(i)} has the node key of {CheckText.Operator(seen[Convert.ToHexString(node.PublicKey.AsSpan())])}",
                    CheckText.Restore
                );
            }
        }

        return new Passed($"{definition.Operators.Length} ENRs");
    }

    public static CheckVerdict CreatorSignature(ClusterDefinition definition, VerificationPolicy policy)
    {
        if (definition.Creator is not { } creator)
        {
            return new NotApplicable($"{definition.Version} has no creator");
        }

        if (creator.IsUnsigned)
        {
            return definition.Operators.All(member => member.IsUnsigned)
                ? new NotApplicable(Unsigned)
                : new Failed("operators signed, but the creator did not", CheckText.Restore);
        }

        return ChainOf(definition, policy) is { } chain
            ? Judge(
                "the creator's signature",
                creator.Address,
                TypedSignature.CreatorDigest(definition, chain),
                creator.ConfigSignature,
                policy
            ) ?? new Passed(creator.Address)
            : UnknownChain();
    }

    public static CheckVerdict OperatorSignatures(ClusterDefinition definition, VerificationPolicy policy)
    {
        if (!definition.Version.HasTypedSignatures)
        {
            return definition.Operators.All(member => member.ConfigSignature.IsEmpty && member.EnrSignature.IsEmpty)
                ? new NotApplicable($"{definition.Version} has no signatures that can be verified")
                : new Failed(
                    $"operators of {definition.Version} signed in a way that Charon gave up",
                    "make the cluster's definition anew with a current Charon"
                );
        }

        if (definition.Operators.All(member => member.IsUnsigned))
        {
            return new NotApplicable(Unsigned);
        }

        return ChainOf(definition, policy) is { } chain
            ? FirstProblem(definition, chain, policy) ?? new Passed($"{definition.Operators.Length} operators, 2 signatures each")
            : UnknownChain();
    }

    private static CheckVerdict? FirstProblem(ClusterDefinition definition, ulong chainId, VerificationPolicy policy)
    {
        var config = TypedSignature.OperatorDigest(definition, chainId);
        return definition
            .Operators.SelectMany(
                (member, i) =>
                    new[]
                    {
                        Judge($"the config signature of {CheckText.Operator(i)}", member.Address, config, member.ConfigSignature, policy),
                        Judge(
                            $"the ENR signature of {CheckText.Operator(i)}",
                            member.Address,
                            TypedSignature.EnrDigest(member.Enr, chainId),
                            member.EnrSignature,
                            policy
                        ),
                    }
            )
            .OrderBy(verdict => verdict is not Failed)
            .FirstOrDefault(verdict => verdict is not null);
    }

    // Null when it is right.
    private static CheckVerdict? Judge(
        string what,
        string address,
        byte[] digest,
        ImmutableArray<byte> signature,
        VerificationPolicy policy
    ) =>
        signature.Length switch
        {
            0 => new Failed($"{what} is missing", "either all sign or nobody"),
            Secp256k1.RecoverableLength => TypedSignature.Verify(address, digest, signature.AsSpan())
                ? null
                : new Failed($"{what} is not by {(address.Length == 0 ? "anybody: there is no address" : address)}", CheckText.Restore),
            _ when policy.AcceptContractSignatures => new NotApplicable($"{what} is a contract wallet's, which only the chain can judge"),
            _ => new Failed(
                $"{what} is a contract wallet's (ERC-1271), which only the chain can judge",
                "verify it with 'charon' and an execution client"
            ),
        };

    private static ulong? ChainOf(ClusterDefinition definition, VerificationPolicy policy) =>
        ClusterChain.Find(definition.ForkVersion)?.ChainId ?? (policy.Network == definition.ForkVersion ? policy.ChainId : null);

    private static Failed UnknownChain() =>
        new(
            "the chain that the signatures name is not known",
            "write the network's DEPOSIT_CHAIN_ID into its config.yaml; 'cluster verify' takes that with --network"
        );
}
