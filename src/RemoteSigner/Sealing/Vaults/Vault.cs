using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>
/// An opened vault: one file of sealed key shares under a root key that one or more keys outside can unwrap (format, reasons and limits:
/// <c>Sealing/README.md</c>). Opening costs one hardware operation whatever the number of shares. It holds the root key in secret memory:
/// dispose it once the shares are loaded or the change is made. Not for concurrent use.
/// </summary>
public sealed partial class Vault : IDisposable
{
    private readonly VaultStore _store;
    private VaultRootKey _rootKey;
    private readonly List<BlsPublicKey> _exchanged = [];
    private readonly Dictionary<VaultRecords, int> _stands;
    private VaultFile _file;
    private (VaultFile File, VaultListing Listing)? _listed;

    private Vault(VaultStore store, VaultRootKey rootKey, VaultFile file) =>
        (_store, _rootKey, _file, _stands) = (store, rootKey, file, new() { [file.Records] = 0 });

    /// <summary>Slots, shares and generation, authenticated.</summary>
    public VaultListing Contents
    {
        get
        {
            if (_listed is not { } listed || !ReferenceEquals(listed.File, _file))
            {
                _listed = listed = (_file, VaultListing.Of(_file, authenticated: true));
            }

            return listed.Listing;
        }
    }

    /// <summary>What is to be remembered of the vault outside its file, as it is now.</summary>
    public VaultAnchor Anchor => VaultAnchor.Of(_file, _rootKey.Commitment);

    /// <summary>
    /// The shares as they are now; the same object as long as they stay so, also from one opening to the next where its
    /// <see cref="VaultStore"/> is the same.
    /// </summary>
    internal VaultRecords Records => _file.Records;

    /// <summary>What the vault says of a share; null where it is not here.</summary>
    public VaultListing.Share? Find(BlsPublicKey shareKey) => _file.Records.Find(shareKey)?.Listed;

    /// <summary>Those of these keys that are here, in the order of the file.</summary>
    internal IEnumerable<VaultRecord> InOrder(IEnumerable<BlsPublicKey> keys) =>
        keys.Select(_file.Records.IndexOf).Where(index => index >= 0).Order().Select(index => _file.Records[index]);

    /// <summary>The shares that came, went or were put anew since <see cref="Records"/> was this; null where that is not known.</summary>
    internal IReadOnlyCollection<BlsPublicKey>? ChangesSince(VaultRecords former) =>
        ReferenceEquals(former, _file.Records) ? []
        : _stands.TryGetValue(former, out var before) ? [.. _exchanged.Skip(before).Distinct()]
        : null;

    /// <summary>The keys of the fence that guards the ledger of this vault. The caller disposes them; they outlive the vault.</summary>
    public FenceKeys DeriveFenceKeys() => _rootKey.DeriveFenceKeys();

    /// <summary>The key with which documents are anchored to this vault. The caller disposes it; it outlives the vault.</summary>
    public AnchorKey DeriveAnchorKey() => _rootKey.DeriveAnchorKey();

    /// <summary>Makes an empty vault with a fresh root key and one slot for each key; never overwrites a file.</summary>
    /// <exception cref="VaultException">There is a file already, or it cannot be written.</exception>
    /// <exception cref="Pkcs11.TokenException">A token failed.</exception>
    public static async Task<Vault> CreateAsync(
        string path,
        SecretArena arena,
        IReadOnlyList<IKeyEncryptionKey> keys,
        CancellationToken cancellation = default
    )
    {
        var id = RandomNumberGenerator.GetBytes(VaultFile.IdLength);
        var vault = new Vault(new VaultStore(path), VaultRootKey.Generate(arena, id), new VaultFile(id, 1, [], new VaultRecords()));
        try
        {
            var slots = new List<VaultSlot>();
            foreach (var key in keys)
            {
                slots.Add(await vault.WrapAsync(key, cancellation));
            }

            vault._file = vault._file with { Slots = Checked(slots) };
            vault._store.Create(vault._file.Finish(vault._rootKey.Authenticate));
            vault.ReadAnew();
            return vault;
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens the vault through the slot that belongs to <paramref name="key"/>: one hardware operation. Checks header, records and slots.
    /// </summary>
    /// <exception cref="VaultException">It does not open; the fault says why.</exception>
    /// <exception cref="Pkcs11.TokenException">The token failed.</exception>
    public static Task<Vault> OpenAsync(string path, SecretArena arena, IKeyEncryptionKey key, CancellationToken cancellation = default) =>
        OpenAsync(path, arena, _ => Task.FromResult(key), cancellation);

    /// <summary>
    /// The same through the key that <paramref name="find"/> finds when it sees what the vault says of itself, which nobody has proven
    /// then.
    /// </summary>
    /// <exception cref="VaultException">It does not open; the fault says why.</exception>
    /// <exception cref="Pkcs11.TokenException">The token failed.</exception>
    public static Task<Vault> OpenAsync(
        string path,
        SecretArena arena,
        Func<VaultListing, Task<IKeyEncryptionKey>> find,
        CancellationToken cancellation = default
    ) => OpenAsync(new VaultStore(path), arena, find, cancellation);

    /// <summary>The same from where it was opened before.</summary>
    /// <exception cref="VaultException">It does not open; the fault says why.</exception>
    /// <exception cref="Pkcs11.TokenException">The token failed.</exception>
    public static async Task<Vault> OpenAsync(
        VaultStore store,
        SecretArena arena,
        Func<VaultListing, Task<IKeyEncryptionKey>> find,
        CancellationToken cancellation = default
    )
    {
        var file = store.Read();
        var key = await find(VaultListing.Of(file, authenticated: false));
        var slot = SlotOf(file, key, store.Path);
        var bytes = await key.UnwrapAsync(slot.Wrapped, VaultRootKey.ContextOf(slot.Type, file.Id), arena, cancellation);
        var vault = new Vault(store, new VaultRootKey(arena, bytes, file.Id, file.Epoch), file)
        {
            IsOpenedByRecovery = slot.Type == VaultSlotType.Recovery,
        };
        try
        {
            vault.Authenticate();
            return vault;
        }
        catch (VaultException)
        {
            vault.Dispose();
            throw;
        }
    }

    /// <summary>Reads what the vault says of itself, without a key and therefore without proof.</summary>
    /// <exception cref="VaultException">It cannot be read.</exception>
    public static VaultListing List(string path) => List(new VaultStore(path));

    /// <summary>The same from where it was read before.</summary>
    /// <exception cref="VaultException">It cannot be read.</exception>
    public static VaultListing List(VaultStore store) => VaultListing.Of(store.Read(), authenticated: false);

    /// <summary>
    /// The public key that a file of <see cref="SealOperatorKey"/> claims, without a key and therefore without proof; null when there is no
    /// file.
    /// </summary>
    /// <exception cref="VaultException">It cannot be read.</exception>
    public static OperatorPublicKey? ListOperatorKey(string path) => SealedOperatorKey.ReadPublicKey(path);

    /// <summary>Decrypts all shares, on all cores. The caller disposes them.</summary>
    /// <exception cref="VaultException">One does not open; none is given.</exception>
    /// <exception cref="SecretMemoryException">There is no memory for them; none is given.</exception>
    public IReadOnlyList<VaultShare> OpenShares(CancellationToken cancellation = default) => Open([.. _file.Records], cancellation);

    /// <summary>The same of some; one that is not there is left out.</summary>
    /// <exception cref="VaultException">One does not open; none is given.</exception>
    public IReadOnlyList<VaultShare> OpenShares(IReadOnlySet<BlsPublicKey> only, CancellationToken cancellation = default) =>
        Open([.. InOrder(only)], cancellation);

    private VaultShare[] Open(VaultRecord[] records, CancellationToken cancellation)
    {
        var shares = new VaultShare?[records.Length];
        try
        {
            var options = new ParallelOptions { CancellationToken = cancellation };
            Parallel.For(
                0,
                shares.Length,
                options,
                _rootKey.Room,
                (i, _, room) =>
                {
                    shares[i] = _rootKey.Open(records[i], room);
                    return room;
                },
                room => room.Dispose()
            );
            Parallel.ForEach(Parts(shares.Length), options, part => _rootKey.Check(shares.AsSpan(part)!));
            return shares!;
        }
        catch (Exception e)
        {
            Array.ForEach(shares, share => share?.Dispose());
            throw (e as AggregateException)?.Flatten().InnerExceptions.OfType<OperatorException>().FirstOrDefault() ?? e;
        }
    }

    /// <summary>
    /// Seals shares for this vault, on all cores, without changing it: what takes time is done before the change. They stay the caller's to
    /// dispose.
    /// </summary>
    /// <exception cref="VaultException">A label is too long, or secret·G1 is not the share key; nothing is given.</exception>
    public SealedShares Seal(IReadOnlyCollection<VaultShare> shares)
    {
        var records = new VaultRecord[shares.Count];
        try
        {
            Parallel.ForEach(shares, (share, _, i) =>
            {
                Check(share.Label);
                records[i] = _rootKey.Seal(share);
            });
            return new SealedShares(records);
        }
        catch (AggregateException e)
        {
            throw e.Flatten().InnerExceptions.OfType<VaultException>().FirstOrDefault() ?? e.Flatten().InnerExceptions[0];
        }
    }

    /// <summary>
    /// Takes shares out and puts sealed ones in, in one change: all of it or nothing. What is taken out may come in again, as a record that
    /// says more.
    /// </summary>
    /// <exception cref="VaultException">One is not there to be taken out, or there already.</exception>
    public VaultDraft DraftExchange(IReadOnlyCollection<BlsPublicKey> removed, SealedShares added)
    {
        var gone = new HashSet<BlsPublicKey>();
        if (removed.Where(key => Find(key) is null || !gone.Add(key)).Select(key => (BlsPublicKey?)key).FirstOrDefault() is { } missing)
        {
            throw new VaultException(
                VaultFault.Unknown,
                $"the share {missing} is not in the vault",
                "'remote-signer keys list' shows what is"
            );
        }

        var coming = new HashSet<BlsPublicKey>();
        if (
            added.Records.FirstOrDefault(record =>
                !coming.Add(record.ShareKey) || (Find(record.ShareKey) is not null && !gone.Contains(record.ShareKey))
            ) is
            { ShareKey: var twice }
        )
        {
            throw new VaultException(VaultFault.Duplicate, $"the share {twice} is in the vault already, or given twice", "leave it out");
        }

        if (_file.Records.Count - gone.Count + coming.Count > VaultFile.MaxRecords)
        {
            throw new VaultException(VaultFault.TooMany, $"a vault holds at most {VaultFile.MaxRecords} shares", "run a second signer");
        }

        return Draft(_file with { Records = _file.Records.With(gone, added.Records) }, [.. gone, .. coming]);
    }

    /// <summary>
    /// A slot for a key, proven by opening it again where the key can, without changing the vault: what may fail is done before the change.
    /// </summary>
    /// <exception cref="VaultException">The key does not open what it sealed.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    public Task<VaultSlot> PrepareSlotAsync(IKeyEncryptionKey key, CancellationToken cancellation = default) =>
        PrepareSlotAsync(_rootKey, key, cancellation);

    private async Task<VaultSlot> PrepareSlotAsync(VaultRootKey rootKey, IKeyEncryptionKey key, CancellationToken cancellation)
    {
        var slot = await WrapAsync(rootKey, key, cancellation);
        if (key.Opens)
        {
            using var opened = await key.UnwrapAsync(
                slot.Wrapped,
                VaultRootKey.ContextOf(slot.Type, _file.Id),
                rootKey.Arena,
                cancellation
            );
            if (!CryptographicOperations.FixedTimeEquals(opened.Span, rootKey.Bytes.Span))
            {
                throw new VaultException(
                    VaultFault.WrongKey,
                    $"the key '{key.Label}' does not open what it has just sealed",
                    "do not use this device before you know why"
                );
            }
        }

        return slot;
    }

    /// <summary>Sees that a key opens this very vault beside the one that did: two that are held by different hands.</summary>
    /// <exception cref="VaultException">It has no slot here, or does not open it.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    public async Task ProveAsync(IKeyEncryptionKey key, CancellationToken cancellation = default)
    {
        var slot = SlotOf(_file, key, _store.Path);
        using var opened = await key.UnwrapAsync(slot.Wrapped, VaultRootKey.ContextOf(slot.Type, _file.Id), _rootKey.Arena, cancellation);
        if (!CryptographicOperations.FixedTimeEquals(opened.Span, _rootKey.Bytes.Span))
        {
            throw new VaultException(
                VaultFault.WrongKey,
                $"the key '{key.Label}' opens another vault's root key",
                "give the recovery key of this vault"
            );
        }
    }

    /// <summary>
    /// The slots as they would be: <paramref name="added"/> in place of another one of its key's if <paramref name="replace"/>, and
    /// <paramref name="removed"/> gone. Changes nothing.
    /// </summary>
    /// <exception cref="VaultException">There is such a slot already, or none to be removed, or no slot would be left that the signer can
    /// open by itself.</exception>
    public IReadOnlyList<VaultSlot> Slots(VaultSlot? added, (VaultSlotType Type, ReadOnlyMemory<byte> KeyId)? removed, bool replace = false)
    {
        List<VaultSlot> rest =
        [
            .. _file
                .Slots.Where(slot => removed is not { } gone || !slot.Is(gone.Type, gone.KeyId))
                .Where(slot => !replace || !slot.Is(added!.Type, added.KeyId)),
        ];
        if (removed is { } missing && rest.Count == _file.Slots.Count)
        {
            throw new VaultException(
                VaultFault.Unknown,
                $"the vault has no {missing.Type.Name()} slot for the key {Convert.ToHexStringLower(missing.KeyId.Span)}",
                "'remote-signer seal status' lists the slots"
            );
        }

        if (added is not null)
        {
            rest.Add(added);
        }

        return removed is null || rest.Exists(slot => slot.IsHardware)
            ? Checked(rest)
            : throw new VaultException(VaultFault.LastSlot, "this is the last slot the signer can open by itself", "add another one first");
    }

    /// <summary>The same content under the next generation: copies from before are older from then on.</summary>
    public VaultDraft DraftRenewal() => Draft(_file, []);

    /// <summary>Takes over slots of <see cref="Slots"/>.</summary>
    public VaultDraft DraftSlots(IReadOnlyList<VaultSlot> slots) => Draft(_file with { Slots = slots }, []);

    // One for each core: the more shares are checked together, the less each costs.
    private static IEnumerable<Range> Parts(int count)
    {
        var length = Math.Max(1, (count + Environment.ProcessorCount - 1) / Environment.ProcessorCount);
        return Enumerable.Range(0, (count + length - 1) / length).Select(i => (i * length)..Math.Min(count, (i + 1) * length));
    }

    /// <summary>Zeroes the root key.</summary>
    public void Dispose()
    {
        _rootKey.Dispose();
        _former?.Dispose();
    }

    private static VaultSlot SlotOf(VaultFile file, IKeyEncryptionKey key, string path) =>
        file.Slots.FirstOrDefault(slot => slot.BelongsTo(key))
        ?? throw new VaultException(
            VaultFault.NoSlotOpens,
            $"no slot of the vault {path} belongs to the key '{key.Label}'",
            "'remote-signer seal status' lists the slots"
        );

    private static List<VaultSlot> Checked(List<VaultSlot> slots)
    {
        if (slots.Count is 0 or > VaultFile.MaxSlots)
        {
            throw new VaultException(
                VaultFault.TooMany,
                $"a vault has 1 to {VaultFile.MaxSlots} slots",
                "remove a slot that is no longer used"
            );
        }

        foreach (var slot in slots)
        {
            Check(slot.Label);
        }

        return slots.DistinctBy(slot => (slot.Type, Convert.ToHexString(slot.KeyId.Span))).Count() == slots.Count
            ? slots
            : throw new VaultException(VaultFault.Duplicate, "this key has a slot in the vault already", "nothing needs to be done");
    }

    private static void Check(string label)
    {
        if (Encoding.UTF8.GetByteCount(label) > VaultFile.MaxLabel)
        {
            throw new VaultException(VaultFault.TooMany, $"a label has at most {VaultFile.MaxLabel} bytes: '{label}'", "shorten it");
        }
    }

    internal Task<VaultSlot> WrapAsync(IKeyEncryptionKey key, CancellationToken cancellation) => WrapAsync(_rootKey, key, cancellation);

    private async Task<VaultSlot> WrapAsync(VaultRootKey rootKey, IKeyEncryptionKey key, CancellationToken cancellation) =>
        new(key.SlotType, key.Id, key.Label)
        {
            PublicHalf = await key.ReadPublicHalfAsync(cancellation),
            Wrapped = await key.WrapAsync(rootKey.Bytes, VaultRootKey.ContextOf(key.SlotType, _file.Id), cancellation),
        };

    private void Authenticate()
    {
        if (!CryptographicOperations.FixedTimeEquals(_file.Mac.Span, _rootKey.Authenticate(_file.Header.Span)))
        {
            throw new VaultException(
                VaultFault.MacMismatch,
                $"the header of the vault {_store.Path} was changed",
                "restore the vault from a backup, and find out who changed it"
            );
        }

        if (!_file.RecordsMatch)
        {
            throw new VaultException(
                VaultFault.RecordsMismatch,
                $"the records of the vault {_store.Path} were changed",
                "restore the vault from a backup, and find out who changed it"
            );
        }
    }

    /// <summary>
    /// Puts a draft of this vault in its place. Where a ledger remembers the vault it must know of the draft before: in the product only
    /// <c>Proceeding.ChangeVaultAsync</c> calls this.
    /// </summary>
    /// <exception cref="VaultException">The file cannot be written, or the vault was changed since the draft was made.</exception>
    public void Commit(VaultDraft draft)
    {
        var next = draft.Next;
        try
        {
            _store.Replace(draft.From, next);
        }
        catch when (draft.RootKey is null || !IsThere(next))
        {
            // It may have got there all the same: whoever looks at this vault next must see what its file says.
            TryReadAnew();
            throw;
        }

        if (draft.RootKey is { } another)
        {
            Take(another, next);
        }

        // What is there is what was meant, as a rule; anything else is looked at as any other file.
        ReadAnew();
        if (!ReferenceEquals(_file, next))
        {
            _stands.Clear();
        }

        _exchanged.AddRange(draft.Exchanged);
        _stands[_file.Records] = _exchanged.Count;
    }

    private VaultDraft Draft(VaultFile changed, IReadOnlyCollection<BlsPublicKey> exchanged)
    {
        var next = (changed with { Generation = _file.Generation + 1 }).Finish(_rootKey.Authenticate);
        return new VaultDraft(_file, next, exchanged, VaultAnchor.Of(next, _rootKey.Commitment));
    }

    private void ReadAnew()
    {
        _file = _store.Read();
        Authenticate();
    }

    private void TryReadAnew()
    {
        var before = _file;
        try
        {
            ReadAnew();
        }
        catch (VaultException)
        {
            _file = before;
        }

        if (!ReferenceEquals(_file, before))
        {
            _stands.Clear();
        }
    }
}
