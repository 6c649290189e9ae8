using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>Finds the faults of the section "distributed".</summary>
internal static class DistributedOptionsValidator
{
    public static IEnumerable<string> Faults(DistributedOptions options)
    {
        if (options.Endpoint is { } endpoint && !Participant.IsOrigin(endpoint))
        {
            yield return NoOrigin("distributed.endpoint", endpoint);
        }

        foreach (var fault in options.Clusters.SelectMany(cluster => ClusterFaults(cluster.Key, cluster.Value ?? [])).Concat(options.Groups.SelectMany(GroupFaults)))
        {
            yield return fault;
        }

        var shares = options.Groups.Where(group => group?.Participants is not null).SelectMany(group => group.Participants.Select(one => one?.PublicKey?.ToLowerInvariant())).ToList();
        if (options.Groups.DistinctBy(group => group?.CompositePublicKey?.ToLowerInvariant()).Count() != options.Groups.Count || shares.Distinct().Count() != shares.Count)
        {
            yield return "distributed.groups: a public key stands twice: nobody could tell whose it is";
        }
    }

    private static IEnumerable<string> ClusterFaults(string hash, Dictionary<string, string> participants)
    {
        var setting = $"distributed.clusters.{hash}";
        if (!Root.TryParse(hash, out _))
        {
            yield return $"{setting} is not the hash of a cluster's document, 0x and 64 hexadecimal digits: see 'remote-signer cluster list'";
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

    private static IEnumerable<string> GroupFaults(StatedGroupOptions? group)
    {
        if (group is null || group.Participants.Contains(null!) || !BlsPublicKey.TryParse(group.CompositePublicKey, out _))
        {
            return [$"distributed.groups: '{group?.CompositePublicKey}' is not a validator's public key of 48 bytes in hex, or a participant is null"];
        }

        var setting = $"distributed.groups {group.CompositePublicKey}";
        List<string> faults =
        [
            .. group.Participants.Where(one => !IsId(one.Id)).Select(one => $"{setting}: '{one.Id}' is no id: a decimal number from 1 to 2^64-1, in quotes"),
            .. group.Participants.Where(one => !BlsPublicKey.TryParse(one.PublicKey, out _)).Select(one => $"{setting}: '{one.PublicKey}' is not a public key of 48 bytes in hex"),
            .. OriginFaults(setting, [.. group.Participants.Select(one => one.Endpoint)]),
        ];
        return faults.Count > 0 ? faults : group.ToGroup().FindProblem() is { } problem ? [$"{setting}: {problem}"] : [];
    }

    private static IEnumerable<string> OriginFaults(string setting, List<string> origins)
    {
        foreach (var origin in origins.Where(origin => !Participant.IsOrigin(origin)))
        {
            yield return NoOrigin(setting, origin);
        }

        if (origins.Distinct(StringComparer.OrdinalIgnoreCase).Count() != origins.Count)
        {
            yield return $"{setting}: two participants have one endpoint";
        }
    }

    private static bool IsId(string text) => ulong.TryParse(text, out var id) && id > 0 && id.ToString() == text;

    private static string NoOrigin(string setting, string? text) => $"{setting}: '{text}' is not https://HOST or https://HOST:PORT and nothing behind";
}
