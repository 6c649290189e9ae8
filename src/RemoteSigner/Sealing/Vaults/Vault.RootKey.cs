using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

// What lies beside the vault under its root key, and another root key in place of this one.
public sealed partial class Vault
{
    private const int ReSealedAtOnce = 4096;

    private VaultRootKey? _former;

    /// <summary>Is everything beside the vault under its present root key, as far as it was told by <see cref="Recall"/>?</summary>
    public bool IsFollowed => _former is null;

    /// <summary>Was it opened by an offline key, because devices may be lost?</summary>
    public bool IsOpenedByRecovery { get; private init; }

    /// <summary>The same of the root key before this one, as long as not everything has followed; null where it has.</summary>
    public FenceKeys? DeriveFormerFenceKeys() => _former?.DeriveFenceKeys();

    /// <summary>The same of the root key before this one, as long as not everything has followed; null where it has.</summary>
    public AnchorKey? DeriveFormerAnchorKey() => _former?.DeriveAnchorKey();

    /// <summary>
    /// Another root key for the same shares, wrapped for these keys and no others, without changing the vault: what may fail or takes long
    /// is done before the change. The caller disposes it, taken or not.
    /// </summary>
    /// <exception cref="VaultException">A share does not open, or a key does not open what it has wrapped.</exception>
    /// <exception cref="SealingDeviceException">A device failed.</exception>
    public async Task<NewRootKey> PrepareRootKeyAsync(IReadOnlyList<IKeyEncryptionKey> keys, CancellationToken cancellation = default)
    {
        var next = VaultRootKey.Generate(_rootKey.Arena, _file.Id, checked(_file.Epoch + 1));
        try
        {
            var slots = new List<VaultSlot>();
            foreach (var key in keys)
            {
                slots.Add(await PrepareSlotAsync(next, key, cancellation));
            }

            return slots.Exists(slot => slot.IsHardware) || !_file.Slots.Any(slot => slot.IsHardware)
                ? new NewRootKey(next, Checked(slots), ReSeal(next, cancellation), next.SealFormer(_rootKey))
                : throw new VaultException(
                    VaultFault.LastSlot,
                    "no slot would be left that the signer can open by itself",
                    "add another one first"
                );
        }
        catch
        {
            next.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The vault under that root key, in one change: what is added from then on opens with no older one. What is beside the vault follows.
    /// </summary>
    public VaultDraft DraftRootKey(NewRootKey prepared)
    {
        var next = (
            _file with
            {
                Slots = prepared.Slots,
                Records = prepared.Records,
                Generation = _file.Generation + 1,
                Epoch = prepared.Key.Epoch,
            }
        ).Finish(prepared.Key.Authenticate);
        return new VaultDraft(_file, next, [], VaultAnchor.Of(next, prepared.Key.Commitment)) { RootKey = prepared };
    }

    /// <summary>
    /// Takes over the root key before this one, as <see cref="NewRootKey.Former"/> has it, so that what is beside the vault can follow.
    /// False where it is not of this root key.
    /// </summary>
    public bool Recall(ReadOnlySpan<byte> former)
    {
        _former ??= _rootKey.OpenFormer(former);
        return _former is not null;
    }

    /// <summary>Everything has followed: zeroes the root key before this one.</summary>
    public void ForgetFormer()
    {
        _former?.Dispose();
        _former = null;
    }

    /// <summary>Our operator's key, sealed for a file beside the vault; refuses where there is one already that opens.</summary>
    /// <exception cref="VaultException">There is one already, or the file is none at all.</exception>
    public byte[] SealOperatorKey(string path, OperatorKey key) =>
        !File.Exists(path) || IsOperatorKeyShut(path)
            ? SealedOperatorKey.Seal(key, _rootKey)
            : throw new VaultException(
                VaultFault.Exists,
                $"there is an operator key at {path} already",
                "one signer serves one operator: move the file away first if this operator is to be another"
            );

    /// <summary>Lets go of our operator's key again: that it opens, where it lies there, is all that is asked.</summary>
    /// <exception cref="VaultException">It does not open.</exception>
    public void CheckOperatorKey(string path) => OpenOperatorKey(path, _rootKey.Arena)?.Dispose();

    /// <summary>
    /// Does an operator's key lie there that nothing opens any more, neither this root key nor the one before, because it was damaged or is
    /// of another vault or root key?
    /// </summary>
    /// <exception cref="VaultException">The file cannot be read, or is something else.</exception>
    public bool IsOperatorKeyShut(string path)
    {
        try
        {
            CheckOperatorKey(path);
            return false;
        }
        catch (VaultException e) when (e.Fault is VaultFault.WrongOperatorKey or VaultFault.Truncated or VaultFault.Malformed)
        {
            return true;
        }
    }

    /// <summary>Opens our operator's key; null when there is none. The caller disposes it; it outlives the vault.</summary>
    /// <exception cref="VaultException">The file is damaged, or belongs to another vault.</exception>
    public OperatorKey? OpenOperatorKey(string path, SecretArena arena) => OpenOperatorKey(path, arena, out _);

    /// <summary>Where our operator's key lies, beside the vault.</summary>
    public string OperatorKeyPath => SealedOperatorKey.PathBeside(_store.Path);

    /// <summary>
    /// Our operator's key sealed anew where its file is still under the root key before this one; null where nothing is to be written.
    /// </summary>
    /// <exception cref="VaultException">The file is damaged, or belongs to another vault.</exception>
    public byte[]? ReSealOperatorKey(string path)
    {
        using var key = OpenOperatorKey(path, _rootKey.Arena, out var isFormer);
        return key is not null && isFormer ? SealedOperatorKey.Seal(key, _rootKey) : null;
    }

    // Some at a time: a hundred thousand open at once would want more locked memory than a signer has.
    private VaultRecords ReSeal(VaultRootKey next, CancellationToken cancellation)
    {
        var records = new VaultRecords();
        foreach (var some in _file.Records.Chunk(ReSealedAtOnce))
        {
            var shares = Open(some, cancellation);
            try
            {
                var anew = new VaultRecord[shares.Length];
                Parallel.For(0, shares.Length, i => anew[i] = next.Seal(shares[i]));
                records = records.With(new HashSet<BlsPublicKey>(), anew);
            }
            finally
            {
                Array.ForEach(shares, share => share.Dispose());
            }
        }

        return records;
    }

    private OperatorKey? OpenOperatorKey(string path, SecretArena arena, out bool isFormer)
    {
        isFormer = false;
        try
        {
            return SealedOperatorKey.Open(path, arena, _rootKey);
        }
        catch (VaultException e) when (e.Fault == VaultFault.WrongOperatorKey && _former is { } former)
        {
            isFormer = true;
            return SealedOperatorKey.Open(path, arena, former);
        }
    }

    // Its file is there: this root key becomes the former one.
    private void Take(NewRootKey prepared, VaultFile next)
    {
        _former?.Dispose();
        (_former, _rootKey, _file) = (_rootKey, prepared.Take(), next);
        _stands.Clear();
    }

    /// <summary>Is this generation what is open here, and what its file says? Not where the file cannot be read.</summary>
    public bool IsStill(ulong generation)
    {
        try
        {
            return _file.Generation == generation && _store.Read().Generation == generation;
        }
        catch (VaultException)
        {
            return false;
        }
    }

    // A write that failed may have got there all the same.
    private bool IsThere(VaultFile next)
    {
        try
        {
            return _store.Read().Mac.Span.SequenceEqual(next.Mac.Span);
        }
        catch (VaultException)
        {
            return false;
        }
    }
}
