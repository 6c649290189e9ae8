using System.Collections.Frozen;
using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>Where the participants of distributed validators are, for coordinators.</summary>
internal sealed class DistributedOptions
{
    /// <summary>
    /// The origin of this signer, such as <c>https://signer-1.example.com:9000</c>; null: accounts are signed for and not listed.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>Hash of a cluster's document → share index → origin, all of the cluster's.</summary>
    public Dictionary<string, Dictionary<string, string>> Clusters { get; set; } = [];

    /// <summary>Validators whose shares came without a document.</summary>
    public List<StatedGroupOptions> Groups { get; set; } = [];

    /// <summary>The public keys of every group prove each other; for whoever serves, as it takes milliseconds for each.</summary>
    /// <exception cref="ConfigurationException">Those of a group do not.</exception>
    public void RequireProof()
    {
        var problems = Groups
            .AsParallel()
            .AsOrdered()
            .Select(group =>
                group.ToGroup().FindProblem() is { } problem ? $"distributed.groups {group.CompositePublicKey}: {problem}" : null
            )
            .OfType<string>()
            .ToList();
        if (problems.Count > 0)
        {
            throw new ConfigurationException(
                string.Join("; ", problems),
                "take threshold, ids and public keys from whoever dealt the shares"
            );
        }
    }

    /// <summary>The options must have been validated.</summary>
    public ParticipantDirectory ToDirectory() =>
        new(
            Endpoint,
            Clusters.ToFrozenDictionary(
                cluster => Root.Parse(cluster.Key),
                cluster =>
                    (IReadOnlyList<Participant>)
                        [.. cluster.Value.Select(one => new Participant(ulong.Parse(one.Key), one.Value)).OrderBy(one => one.Id)]
            ),
            Groups.Select(group => group.ToGroup()).ToFrozenDictionary(group => group.CompositePublicKey)
        );
}
