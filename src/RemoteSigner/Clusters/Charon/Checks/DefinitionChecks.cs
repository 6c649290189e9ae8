using RemoteSigner.Spec;
using static RemoteSigner.Clusters.CheckVerdict;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Checks that need the definition alone.</summary>
internal static class DefinitionChecks
{
    public static CheckVerdict Network(ClusterDefinition definition, VerificationPolicy policy)
    {
        var (version, name) = (definition.ForkVersion, ClusterChain.Find(definition.ForkVersion)?.Name);
        return policy.Network is { } ours
            ? ours == version
                ? new Passed(name ?? $"this network ({version})")
                : new Failed(
                    $"the cluster is of {name ?? "a network"} ({version}), this signer of the network with genesis fork version {ours}",
                    "take the lock of this network's cluster"
                )
            : name is not null
                ? new Passed(name)
                : new Failed($"fork version {version} names no network that is known here", "name its config.yaml with --network");
    }

    public static CheckVerdict Counts(ClusterDefinition definition)
    {
        if (definition.Operators.IsEmpty)
        {
            return new Failed("the definition has no operators", CheckText.Restore);
        }

        var addresses = definition.ValidatorAddresses.Length;
        return definition.Version.HasAddressesPerValidator && addresses != definition.NumValidators
            ? new Failed($"num_validators is {definition.NumValidators}, but there are addresses of {addresses}", CheckText.Restore)
            : new Passed($"{definition.NumValidators} validators, {definition.Operators.Length} operators");
    }

    public static CheckVerdict Threshold(ClusterDefinition definition, VerificationPolicy policy)
    {
        var (threshold, operators) = (definition.Threshold, definition.Operators.Length);
        if (threshold < 2 || threshold > operators)
        {
            return new Failed(
                $"threshold {threshold} of {operators} operators is not from 2 to {operators}",
                "a cluster whose single shares are whole keys, or whose shares never suffice, is none"
            );
        }

        if (threshold <= operators / 2 && !policy.AcceptLowThreshold)
        {
            return new Failed(
                $"threshold {threshold} is not more than half of {operators} operators",
                "two halves that do not see each other could sign two conflicting messages; make the cluster anew"
            );
        }

        var usual = ((2 * operators) + 2) / 3;
        return new Passed(threshold == usual ? $"{threshold} of {operators}" : $"{threshold} of {operators}; {usual} is usual");
    }

    public static CheckVerdict ConfigHash(ClusterDefinition definition, VerificationPolicy policy) =>
        Compare("config_hash", definition.ConfigHash, Charon.DefinitionHash.Config(definition));

    public static CheckVerdict DefinitionHash(ClusterDefinition definition, VerificationPolicy policy) =>
        Compare("definition_hash", definition.DefinitionHash, Charon.DefinitionHash.Definition(definition));

    public static CheckVerdict Compare(string name, Root claimed, Root computed) =>
        claimed == computed
            ? new Passed(computed.ToString())
            : new Failed(
                $"{name} is {claimed}, but the members hash to {computed}",
                $"something in the file was changed after it was made: {CheckText.Restore}"
            );
}
