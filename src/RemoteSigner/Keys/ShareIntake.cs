using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Sealing;

namespace RemoteSigner.Keys;

/// <summary>
/// The one way for shares into the vault, whoever brings them: looks for what must not be together, registers them with slashing protection, notes it in the audit log,
/// keeps their cluster's document and seals them. All of it or nothing; the vault is changed inside the ledger's transaction, so that a failure of either undoes both.
/// </summary>
public sealed class ShareIntake(SlashingProtection slashing, AuditLog audit, ClusterArchive archive)
{
    /// <summary>Takes all shares in; afterwards whoever serves them loads the vault anew. The vault is open, and nobody else changes it.</summary>
    /// <exception cref="IntakeException">At least one may not come in: all refusals are listed, nothing was changed.</exception>
    /// <exception cref="InterchangeException">The history breaks the format or is for another chain; nothing was changed.</exception>
    /// <exception cref="VaultException">The vault cannot be written; nothing was changed.</exception>
    /// <exception cref="LedgerException">The ledger failed. Had the vault been written before, shares in it are unknown to slashing protection and sign nothing.</exception>
    /// <exception cref="ClusterFileException">A document of a cluster that is held is damaged; nothing was changed.</exception>
    public async Task TakeAsync(Vault vault, IntakeOrder order)
    {
        var held = vault.Contents.Shares;
        var plan = new IntakePlan(order, held, SiblingsOf(held));
        Throw(plan.Refusals);
        var added = vault.Seal(order.Shares);
        var refused = await slashing.EnrolAsync(new KeyEnrolment([.. order.Shares.Select(share => (new ProtectedKey(share.ShareKey, share.GroupKey), FloorOf(share, plan, order)))])
        {
            Replaced = plan.Replaced,
            History = order.History,
            Seal = transaction =>
            {
                Note(transaction, order, plan);
                Seal(vault, order, plan, added);
            },
        });
        Throw([.. refused.Select(refusal => IntakeText.Refusal(order.Shares.First(share => share.ShareKey == refusal.Key.PublicKey), refusal.Reason))]);
    }

    /// <summary>
    /// Takes shares out, all or none: retires them, so that they sign no more whatever copy of the vault comes back, and keeps their history. Afterwards whoever serves them loads the vault anew.
    /// </summary>
    /// <exception cref="VaultException">One is not in the vault, or it cannot be written; nothing was changed.</exception>
    /// <exception cref="LedgerException">The ledger failed.</exception>
    public Task TakeOutAsync(Vault vault, IReadOnlyCollection<BlsPublicKey> keys, Access.Client? client = null, string? requestId = null) => slashing.EnrolAsync(new KeyEnrolment([])
    {
        Replaced = keys,
        Seal = transaction =>
        {
            foreach (var key in keys)
            {
                audit.Append(transaction, new AuditEntry { Action = "key.delete", Decision = AuditDecision.Event, ShareKey = key, Client = client?.Name, ClientFingerprint = client?.CertificateFingerprint, RequestId = requestId });
            }

            vault.Exchange(keys, SealedShares.None);
        },
    });

    // A share in the vault's place continues what was known; only one that is new here needs somebody's word for its past.
    private static SlashingFloor FloorOf(VaultShare share, IntakePlan plan, IntakeOrder order) =>
        plan.Bound.Contains(share.ShareKey) || plan.Replacing.Contains(share.ShareKey) ? SlashingFloor.Continued : order.Floor;

    private static void Throw(List<IntakeRefusal> refusals)
    {
        if (refusals.Count > 0)
        {
            throw new IntakeException(refusals);
        }
    }

    // Public key of any operator's share → group key, of the validators of which a share is held.
    private Dictionary<BlsPublicKey, BlsPublicKey> SiblingsOf(IReadOnlyList<VaultListing.Share> held)
    {
        var siblings = new Dictionary<BlsPublicKey, BlsPublicKey>();
        foreach (var cluster in held.Where(share => share is { Membership: not null, GroupKey: not null }).ToLookup(share => share.Membership!.ClusterHash))
        {
            var document = archive.Find(cluster.Key);
            foreach (var group in cluster.Select(share => share.GroupKey!.Value))
            {
                foreach (var (_, publicShare) in document?.SharesOf(group) ?? [])
                {
                    siblings[publicShare] = group;
                }
            }
        }

        return siblings;
    }

    private void Seal(Vault vault, IntakeOrder order, IntakePlan plan, SealedShares shares)
    {
        var added = order.Document is { } json && ClusterDocument.Read(json).Hash is var hash && !archive.Contains(hash) ? archive.Add(json) : null;
        try
        {
            vault.Exchange([.. plan.Replaced, .. plan.Bound], shares);
        }
        catch
        {
            if (added is not null)
            {
                archive.Remove(added.Hash);
            }

            throw;
        }
    }

    private void Note(LedgerTransaction transaction, IntakeOrder order, IntakePlan plan)
    {
        foreach (var share in order.Shares)
        {
            audit.Append(transaction, Entry(order, plan.Bound.Contains(share.ShareKey) ? "key.bind" : "key.import", share.ShareKey, share.GroupKey, Describe(share)));
        }

        if (order.History is not null)
        {
            audit.Append(transaction, new AuditEntry { Action = "slashing.import", Decision = AuditDecision.Event, Client = order.Client?.Name, RequestId = order.RequestId, Detail = $"history that came with {order.Shares.Count} keys; floors at its lowest numbers" });
        }

        foreach (var replaced in plan.Replaced)
        {
            audit.Append(transaction, Entry(order, "key.replace", replaced, null, "retired: another share of its validator took its place"));
        }
    }

    private static AuditEntry Entry(IntakeOrder order, string action, BlsPublicKey share, BlsPublicKey? group, string detail) => new()
    {
        Action = action,
        Decision = AuditDecision.Event,
        ShareKey = share,
        GroupKey = group,
        Client = order.Client?.Name,
        ClientFingerprint = order.Client?.CertificateFingerprint,
        RequestId = order.RequestId,
        Detail = detail,
    };

    private static string Describe(VaultShare share) => share.Membership is { } member
        ? $"{share.Label}: share {member.ShareIndex} of {member.Operators}, threshold {member.Threshold}, cluster {member.ClusterHash}, {member.Provenance}"
        : share.Label;
}
