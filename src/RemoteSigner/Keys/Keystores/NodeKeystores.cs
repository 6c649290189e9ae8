using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// Opens the keystores of one Charon node as the shares that its verified lock says they are: for the validator at position N
/// <c>keystore-N.json</c>, holding the secret of the very public share that the lock has for our operator. Which operator is ours is the
/// caller's to know, from the node's own key.
/// </summary>
/// <param name="shares">What the lock says of our operator's shares, one for each validator in its order.</param>
/// <param name="held">Shares that are in the vault: their keystores need not be there, and are not opened.</param>
/// <param name="cluster">The lock, for telling whose a foreign key is.</param>
public sealed class NodeKeystores(
    NodeFolder node,
    ClusterLock cluster,
    IReadOnlyList<ClusterShare> shares,
    IReadOnlySet<BlsPublicKey>? held = null
)
{
    private readonly List<ClusterShare> _wanted = [.. shares.Where(share => held?.Contains(share.PublicShare) != true)];

    /// <summary>
    /// All shares that are not held, with their membership; the caller disposes them. At most <paramref name="loan"/> is lent to key
    /// derivation.
    /// </summary>
    /// <exception cref="ImportException">At least one keystore is missing, does not open or holds another key: none is given, all refusals
    /// are listed.</exception>
    public async Task<IReadOnlyList<VaultShare>> OpenAsync(
        SecretArena arena,
        DerivationLoan loan,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var files = _wanted.Select(FileOf).ToList();
        Throw([.. files.Where(file => !File.Exists(file.KeystorePath)).Select(Missing), .. Surplus([.. shares.Select(FileOf)])]);
        var keys = await DecryptAsync(files, arena, loan, progress, cancellation);
        try
        {
            Throw([.. keys.Zip(_wanted).Select(pair => Compare(pair.First, pair.Second)).OfType<ImportRefusal>()]);
            return
            [
                .. keys.Zip(_wanted, (key, share) =>
                    new VaultShare(
                        key.PublicKey,
                        share.GroupKey,
                        MembershipOf(share, ShareProvenance.LockFile),
                        Path.GetFileName(key.Path),
                        key.Secret
                    )
                ),
            ];
        }
        catch
        {
            foreach (var key in keys)
            {
                key.Dispose();
            }

            throw;
        }
    }

    /// <summary>What the vault seals with a share.</summary>
    public static ClusterMembership MembershipOf(ClusterShare share, ShareProvenance provenance) =>
        new(share.ShareIndex, share.Threshold, share.Operators, share.LockHash, provenance);

    private static async Task<IReadOnlyList<ImportedKey>> DecryptAsync(
        List<KeystoreFile> files,
        SecretArena arena,
        DerivationLoan loan,
        IProgress<int>? progress,
        CancellationToken cancellation
    )
    {
        try
        {
            return await KeystoreImport.DecryptAllAsync(files, arena, loan, progress, cancellation);
        }
        catch (KeystoreImportException e)
        {
            throw new ImportException([
                .. e.Failures.Select(failure => new ImportRefusal(failure.Fault.Code(), failure.Path, failure.Reason, failure.Hint)),
            ]);
        }
    }

    // Cheaply encrypted keystores are for test networks, where nothing is lost with them.
    private KeystoreFile FileOf(ClusterShare share) =>
        ClusterChain.Find(share.ForkVersion) is { IsTestNetwork: true }
        && !File.Exists(node.KeystoreFile(share.Position))
        && File.Exists(node.InsecureKeystoreFile(share.Position))
            ? new KeystoreFile(node.InsecureKeystoreFile(share.Position), node.InsecurePasswordFile(share.Position))
            : new KeystoreFile(node.KeystoreFile(share.Position), node.PasswordFile(share.Position));

    private static ImportRefusal Missing(KeystoreFile file) =>
        new(
            ImportFault.MissingKeystore.Code(),
            file.KeystorePath,
            "the lock has a validator at this position, and there is no keystore for it",
            "give the folder with all keystores of this node; keystore-insecure-N.json counts on test networks only"
        );

    private IEnumerable<ImportRefusal> Surplus(List<KeystoreFile> files) =>
        node.FindKeystores()
            .Except(files.Select(file => file.KeystorePath))
            .Select(path => new ImportRefusal(
                ImportFault.SurplusKeystore.Code(),
                path,
                "the lock has no validator at this position, or the network is no test network",
                "give the lock that these keystores belong to; keystore-insecure-N.json counts on test networks only"
            ));

    private ImportRefusal? Compare(ImportedKey key, ClusterShare share)
    {
        if (key.PublicKey == share.PublicShare)
        {
            return null;
        }

        var (validator, position) = cluster
            .Validators.Select((validator, i) => (validator, i))
            .FirstOrDefault(pair => pair.validator.PublicShares.Contains(key.PublicKey));
        var index = validator is null ? 0 : validator.PublicShares.IndexOf(key.PublicKey) + 1;
        return validator is null
                ? new(
                    ImportFault.KeyNotInLock.Code(),
                    key.Path,
                    $"its key {key.PublicKey} is nobody's share in this lock",
                    "give the keystores and the lock of the same cluster"
                )
            : index != (int)share.ShareIndex
                ? new(
                    ImportFault.OtherOperatorsShare.Code(),
                    key.Path,
                    $"it is the share of operator {index}, and this node is operator {share.ShareIndex}",
                    "the operators' folders were mixed up: never run another operator's share"
                )
            : new(
                ImportFault.OtherValidatorsShare.Code(),
                key.Path,
                $"it is the share of the validator at position {position}",
                $"put the keystores in the order of the lock: this one is keystore-{position}.json"
            );
    }

    private static void Throw(List<ImportRefusal> refusals)
    {
        if (refusals.Count > 0)
        {
            throw new ImportException(refusals);
        }
    }
}
