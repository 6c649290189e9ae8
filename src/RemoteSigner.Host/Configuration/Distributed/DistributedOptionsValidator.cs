using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>
/// Finds the faults of the section "distributed". Whether the keys of a group prove each other is
/// <see cref="DistributedOptions.RequireProof"/>'s question.
/// </summary>
internal static class DistributedOptionsValidator
{
    public static IEnumerable<string> Faults(DistributedOptions options)
    {
        if (options.Endpoint is { } endpoint && !Participant.IsOrigin(endpoint))
        {
            yield return NoOrigin("distributed.endpoint", endpoint);
        }

        foreach (
            var fault in options
                .Clusters.SelectMany(cluster => ClusterFaults(cluster.Key, cluster.Value))
                .Concat(options.Groups.SelectMany(GroupFaults))
        )
        {
            yield return fault;
        }

        if (HasTwice(options.Clusters.Keys.Select(hash => Root.TryParse(hash, out var root) ? root : (Root?)null)))
        {
            yield return "distributed.clusters: a cluster stands twice";
        }

        if (
            HasTwice(options.Groups.Select(group => Key(group.CompositePublicKey)))
            || HasTwice(options.Groups.SelectMany(group => group.Participants).Select(one => Key(one.PublicKey)))
        )
        {
            yield return "distributed.groups: a public key stands twice: nobody could tell whose it is";
        }
    }

    private static IEnumerable<string> ClusterFaults(string hash, Dictionary<string, string> participants)
    {
        var setting = $"distributed.clusters.{hash}";
        if (!Root.TryParse(hash, out _))
        {
            yield return $"{setting} is not the hash of a cluster's document, 0x and 64 hexadecimal digits: see 'remote-signer "
                + "cluster list'";
        }

        foreach (var id in participants.Keys.Where(id => !IsId(id)))
        {
            yield return $"{setting}: '{id}' is no share index";
        }

        foreach (var fault in OriginFaults(setting, [.. participants.Values]))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> GroupFaults(StatedGroupOptions group)
    {
        var setting = $"distributed.groups {group.CompositePublicKey}";
        return
        [
            .. Key(group.CompositePublicKey) is null
                ? [$"distributed.groups: '{group.CompositePublicKey}' is not a validator's public key of 48 bytes in hex"]
                : Array.Empty<string>(),
            .. group.Threshold < 1 || group.Threshold > group.Participants.Count || group.Participants.Count > StatedGroup.MaxParticipants
                ? [$"{setting}: the threshold must be 1 to the number of participants, and these at most {StatedGroup.MaxParticipants}"]
                : Array.Empty<string>(),
            .. group
                .Participants.Where(one => !IsId(one.Id))
                .Select(one => $"{setting}: '{one.Id}' is no id: a decimal number from 1 to 2^64-1, in quotes"),
            .. group
                .Participants.Where(one => Key(one.PublicKey) is null)
                .Select(one => $"{setting}: '{one.PublicKey}' is not a public key of 48 bytes in hex"),
            .. OriginFaults(setting, [.. group.Participants.Select(one => one.Endpoint)]),
        ];
    }

    private static IEnumerable<string> OriginFaults(string setting, List<string> origins)
    {
        foreach (var origin in origins.Where(origin => !Participant.IsOrigin(origin)))
        {
            yield return NoOrigin(setting, origin);
        }

        if (HasTwice(origins.Select(origin => Participant.IsOrigin(origin) ? Participant.Canonical(origin) : null)))
        {
            yield return $"{setting}: two participants have one endpoint";
        }
    }

    private static bool HasTwice<T>(IEnumerable<T?> values) =>
        values.Where(value => value is not null).GroupBy(value => value).Any(same => same.Skip(1).Any());

    private static BlsPublicKey? Key(string? text) => BlsPublicKey.TryParse(text, out var key) ? key : null;

    private static bool IsId(string text) => ulong.TryParse(text, out var id) && id > 0 && id.ToString() == text;

    private static string NoOrigin(string setting, string? text) =>
        $"{setting}: '{text}' is not https://HOST or https://HOST:PORT, the host in lower case and nothing behind";
}
