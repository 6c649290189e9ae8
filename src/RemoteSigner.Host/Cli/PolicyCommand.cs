using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RemoteSigner.Access;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>policy explain</c>: whether signer.json lets a client have a duty signed with a key, and which of its words says so. Nothing is
/// opened, and nothing asked of a running signer.
/// </summary>
internal static class PolicyCommand
{
    private static readonly Argument<string> Client = new("CLIENT") { Description = "the client, as signer.json names it" };
    private static readonly Argument<string> Key = new("KEY")
    {
        Description = "the public key of the share or of the validator, or the label of a key",
    };
    private static readonly Argument<string> Duty = new("DUTY") { Description = "a type of Web3Signer's, such as ATTESTATION" };

    public static Command Create()
    {
        var explain = new Command(
            "explain",
            "Tell whether a client may have a duty signed with a key, and why; exit code 1 when it may not"
        )
        {
            Client,
            Key,
            Duty,
        };
        explain.SetAction((parsed, _) => Task.FromResult(Explain(parsed)));
        return new Command("policy", "What the clients in signer.json may do") { explain };
    }

    private static int Explain(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        var options = data.ReadOptions();
        var duty = DutyNames.Find(parsed.GetValue(Duty)!) is { Count: 1 } one
            ? one.Single()
            : throw new CliError($"'{parsed.GetValue(Duty)}' is not one duty", $"the duties are {string.Join(", ", DutyNames.Single)}");
        var traits = FindKey(parsed.GetValue(Key)!, data, options.Distributed.ToDirectory());
        var line = Judge(parsed.GetValue(Client)!, options, traits, duty);
        if (parsed.GetValue(CommandLine.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(line, CliContext.Default.PolicyLine));
        }
        else
        {
            Output.Lines.WriteLine($"{(line.Allowed ? "allowed" : "refused")}: {line.Reason}");
            Output.Lines.WriteLine(
                $"key {line.Key}, validator {line.Validator ?? "not known"}, label '{line.Label}', "
                    + $"cluster {line.Cluster ?? "none"}, operator {line.Operator ?? "none"}"
            );
            if (line.Allowed)
            {
                Console.WriteLine("after this: the slot window, the rules of its cluster, rollback protection and slashing protection");
            }
        }

        return line.Allowed ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static PolicyLine Judge(string name, SignerOptions options, KeyTraits key, DutyType duty)
    {
        if (!options.Clients.TryGetValue(name, out var client))
        {
            return PolicyLine.Of(false, $"clients in signer.json has no '{name}', and who is not there may do nothing", key);
        }

        var dutyWord = client.Duties.Find(word => DutyNames.Find(word)!.Contains(duty));
        if (dutyWord is null)
        {
            return PolicyLine.Of(false, $"none of clients.{name}.duties has it: [{string.Join(", ", client.Duties)}]", key);
        }

        if (DutyNames.ToPermissions(client).Keys is not { } selection)
        {
            return PolicyLine.Of(true, $"clients.{name}.duties has it with '{dutyWord}', and without keys every key is the client's", key);
        }

        return selection.Decide(key) switch
        {
            null => PolicyLine.Of(false, $"nothing in clients.{name}.keys selects the key", key),
            { Denies: true } word => PolicyLine.Of(false, $"'{word.Text}' in clients.{name}.keys takes the key away", key),
            var word => PolicyLine.Of(
                true,
                $"clients.{name}.duties has it with '{dutyWord}', and '{word.Text}' in its keys selects the key",
                key
            ),
        };
    }

    private static KeyTraits FindKey(string wanted, DataDirectory data, ParticipantDirectory directory)
    {
        var clusters = new ClusterLibrary(new ClusterArchive(data.ClustersFolder));
        var isKey = BlsPublicKey.TryParse(wanted, out var key);
        var found = Vault
            .List(data.VaultFile)
            .Shares.Select(share => KeyDescription.Of(share.ShareKey, share.GroupKey, share.Label, share.Membership, clusters, directory))
            .Where(traits => isKey ? traits.PublicKey == key || traits.GroupKey == key : traits.Label == wanted)
            .ToList();
        return found switch
        {
            [var traits] => traits,
            [] when isKey => throw new CliError($"the key {key} is not in the vault", "'remote-signer keys list' shows those that are"),
            [] => throw new CliError($"'{wanted}' is neither a public key nor the label of a key", "'remote-signer keys list' shows both"),
            _ => throw new CliError($"{found.Count} keys are called '{wanted}'", "give the public key of one"),
        };
    }
}

/// <summary>A verdict of <c>policy explain</c>, and what is known of the key that rights can be written about.</summary>
internal sealed record PolicyLine(
    bool Allowed,
    string Reason,
    string Key,
    string? Validator,
    string Label,
    string? Cluster,
    string? Operator
)
{
    public static PolicyLine Of(bool allowed, string reason, KeyTraits key) =>
        new(
            allowed,
            reason,
            key.PublicKey.ToString(),
            key.GroupKey?.ToString(),
            key.Label,
            key.ClusterHash is { } hash ? $"{key.ClusterName ?? "?"} {hash}" : null,
            key.ShareIndex?.ToString(CultureInfo.InvariantCulture)
        );
}
