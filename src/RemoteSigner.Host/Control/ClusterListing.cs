using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Control;

/// <summary>
/// Every document that is kept or that shares are members of, with what became of it. Documents that list one validator are of one cluster:
/// a line, in which shares are held under the newest and the others are history.
/// </summary>
internal sealed class ClusterListing
{
    private readonly Dictionary<Root, ArchivedDocument> _documents;
    private readonly Dictionary<string, string> _problems;
    private readonly ILookup<Root, VaultListing.Share> _held;
    private readonly IReadOnlyDictionary<BlsPublicKey, KeyState> _states;
    private readonly IReadOnlyList<ParkedSet> _parked;
    private readonly IReadOnlyList<HandedOut> _handedOut;
    private readonly ClusterArchive _archive;
    private readonly List<Root> _all;
    private readonly Dictionary<Root, Root> _lines = [];
    private readonly HashSet<Root> _inForce;

    public ClusterListing(
        DataDirectory data,
        IReadOnlyDictionary<BlsPublicKey, KeyState> states,
        IReadOnlyList<ParkedSet> parked,
        IReadOnlyList<HandedOut> handedOut
    )
    {
        _archive = new ClusterArchive(data.ClustersFolder);
        var reading = new ClusterLibrary(_archive).Read();
        (_states, _parked, _handedOut) = (states, parked, handedOut);
        _documents = reading.Documents.ToDictionary(one => one.Document.Hash);
        _problems = reading.Unreadable.ToDictionary(one => one.Name, one => one.Problem);
        _held = Vault
            .List(data.VaultFile)
            .Shares.Where(share => share.Membership is not null)
            .ToLookup(share => share.Membership!.ClusterHash);
        _all = [.. _held.Select(cluster => cluster.Key).Union(_archive.Hashes())];
        _inForce = [.. _all.Where(hash => _held[hash].Any(share => StateOf(share) == KeyState.Active))];
        FindLines();
    }

    /// <summary>Oldest first within each line.</summary>
    public IReadOnlyList<HeldClusterLine> Lines => [.. _all.GroupBy(hash => _lines[hash]).SelectMany(line => LinesOf(InOrder([.. line])))];

    // What came within one second, their content puts in order.
    private List<Root> InOrder(List<Root> line) =>
        [
            .. line.OrderBy(AgeOf)
                .ThenBy(hash => line.Count(other => Succeeds(hash, other)))
                .ThenBy(hash => hash.ToString(), StringComparer.Ordinal),
        ];

    private IEnumerable<HeldClusterLine> LinesOf(List<Root> line)
    {
        foreach (var hash in line)
        {
            var document = _documents.GetValueOrDefault(hash)?.Document;
            List<VaultListing.Share> held = [.. _held[hash]];
            var successor = _inForce.Contains(hash) ? null : SuccessorOf(hash, line);
            var isParked = held.Exists(share => StateOf(share) == KeyState.Parked);
            var isExported = held.Exists(share => StateOf(share) == KeyState.Exported);
            yield return new HeldClusterLine(
                hash.ToString(),
                document?.Name,
                _inForce.Contains(hash) ? HeldClusterLine.InForce
                    : isExported ? HeldClusterLine.Exported
                    : isParked ? HeldClusterLine.Parked
                    : successor is not null ? HeldClusterLine.Superseded
                    : HeldClusterLine.Waiting,
                SinceOf(hash),
                successor?.ToString(),
                line[0].ToString(),
                AnchorOf(hash) is { } kind ? kind.Code() : HeldClusterLine.NotAnchored,
                document is not null ? null : _problems.GetValueOrDefault($"{hash}.json", "it is missing"),
                held.Count > 0 ? held[0].Membership!.ShareIndex : null,
                held.Count > 0 ? held[0].Membership!.Threshold : document?.Threshold ?? 0,
                held.Count > 0 ? held[0].Membership!.Operators : document?.Operators ?? 0,
                document?.GroupKeys.Count,
                isParked ? _parked.FirstOrDefault(set => set.Cluster == hash)?.Until : null,
                isExported
                    ? [.. _handedOut.Where(one => held.Exists(share => one.Keys.Contains(share.ShareKey))).Select(one => one.Folder)]
                    : [],
                [.. held.Select(share => ShareOf(share, document))]
            );
        }
    }

    // By the ledger's note or by content where they tell; else the one of its line that is in force for a validator of it, and did not come
    // before it.
    private Root? SuccessorOf(Root hash, List<Root> line)
    {
        var groups = GroupsOf(hash).ToHashSet();
        var isHeld = _held.Contains(hash);
        return _parked.FirstOrDefault(set => isHeld && set.Cluster == hash)?.Successor is { } noted && _inForce.Contains(noted)
            ? noted
            : line.Where(other =>
                    other != hash
                    && (
                        Succeeds(other, hash)
                        || (
                            !Succeeds(hash, other)
                            && _inForce.Contains(other)
                            && (isHeld || AgeOf(other) >= AgeOf(hash))
                            && groups.Overlaps(GroupsOf(other))
                        )
                    )
                )
                .OrderByDescending(_inForce.Contains)
                .ThenByDescending(AgeOf)
                .Select(other => (Root?)other)
                .FirstOrDefault();
    }

    private bool Succeeds(Root document, Root former) =>
        _documents.TryGetValue(document, out var newer)
        && _documents.TryGetValue(former, out var older)
        && ClusterSuccession.Succeeds(newer.Document, older.Document);

    private void FindLines()
    {
        var first = new Dictionary<BlsPublicKey, Root>();
        foreach (var hash in _all)
        {
            _lines[hash] = hash;
        }

        foreach (var hash in _all)
        {
            foreach (var group in GroupsOf(hash))
            {
                if (first.TryAdd(group, hash) || _lines[first[group]] == _lines[hash])
                {
                    continue;
                }

                var (kept, joined) = (_lines[first[group]], _lines[hash]);
                _all.Where(other => _lines[other] == joined).ToList().ForEach(other => _lines[other] = kept);
            }
        }
    }

    private IEnumerable<BlsPublicKey> GroupsOf(Root hash) =>
        (_documents.GetValueOrDefault(hash)?.Document.GroupKeys ?? []).Concat(
            _held[hash].Select(share => share.GroupKey).OfType<BlsPublicKey>()
        );

    private KeyState StateOf(VaultListing.Share share) => _states.GetValueOrDefault(share.ShareKey, KeyState.HistoryOnly);

    private DateTimeOffset AgeOf(Root hash) => SinceOf(hash) ?? DateTimeOffset.MinValue;

    // One that came with its shares before documents were dated has the date of its file.
    private DateTimeOffset? SinceOf(Root hash) => ClaimOf(hash)?.At ?? _archive.DateOf(hash);

    private AnchorKind? AnchorOf(Root hash) => ClaimOf(hash)?.Kind ?? (_held.Contains(hash) ? AnchorKind.SealedMembership : null);

    private DocumentAnchor? ClaimOf(Root hash) =>
        _documents.TryGetValue(hash, out var document)
        && DocumentAnchor.ReadClaim(_archive.ReadAnchor(hash)) is { } claim
        && claim.ClusterHash == hash
        && claim.Content == document.Content
            ? claim
            : null;

    private HeldClusterLine.HeldShare ShareOf(VaultListing.Share share, ClusterDocument? document) =>
        new(
            share.GroupKey?.ToString() ?? "",
            share.ShareKey.ToString(),
            share.Membership!.ShareIndex,
            share.Membership.Threshold,
            share.Membership.Provenance.Code(),
            share.GroupKey is { } group ? document?.FeeRecipientOf(group)?.ToString() : null,
            StateOf(share).Code()
        );
}
