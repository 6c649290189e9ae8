using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Net.Pkcs11Interop.Common;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The anchor of a machine that has a PKCS#11 token and no TPM: one private data object for each vault, replaced by making the new one
/// before the old one is destroyed. PKCS#11 compares and writes in no one step; so each object names the one it replaced, and whoever made
/// one looks again before he destroys anything: an object that he has neither seen nor made is another writer's, and he takes his own back.
/// Of two at once one at most goes on. What it is worth is in README.md of this room: a token whose contents can be put back from a backup
/// can be put back together with the ledger. The profile says which tokens keep their objects in files of this host, and which keep none at
/// all.
/// </summary>
public sealed class TokenAnchor(Pkcs11Token token, Guid vaultId, FenceKeys keys) : IRollbackAnchor
{
    private const int MaxRootKeys = 4096;

    // At most 32 bytes, as some tokens keep no more: the beginning of the vault's id, for people, and what tells it and the root key from
    // others.
    internal string Label { get; } = LabelOf(vaultId, keys.Epoch);

    // Under which programs of before looked for it. That of the first root key had no number when there was no other.
    internal string FormerLabel { get; } = keys.Epoch == 0 ? FormerPrefix(vaultId) : $"{FormerPrefix(vaultId)} {keys.Epoch}";

    // Of objects that this process tried to make and whose answer it has not awaited: they may turn up late.
    private readonly ConcurrentDictionary<UInt128, bool> _givenUp = new();

    /// <summary>
    /// Makes an anchor of no vault, counts, reads back and takes it away again: what a token refuses is known before anything depends on
    /// it.
    /// </summary>
    /// <exception cref="RollbackAnchorException">The token does not keep one, or failed.</exception>
    public static async Task ProveAsync(Pkcs11Token token, CancellationToken cancellation = default)
    {
        using var keys = new FenceKeys(Drawn(token.Arena), Drawn(token.Arena));
        var anchor = new TokenAnchor(token, Guid.NewGuid(), keys);
        await anchor.CreateAsync(cancellation);
        try
        {
            var record = RandomNumberGenerator.GetBytes(FenceRecord.Length);
            await anchor.CountAsync(await anchor.ReadAsync(cancellation) ?? throw anchor.Forgets(), record, cancellation);
            if (await anchor.ReadAsync(cancellation) is not { } shown || !shown.Shows(2, record))
            {
                throw anchor.Forgets();
            }
        }
        finally
        {
            await anchor.DiscardAsync(CancellationToken.None);
        }
    }

    public string Description => $"token '{token.Address.Label}'";

    public Task CreateAsync(CancellationToken cancellation) =>
        token.Profile.DataObjects.Kept == HsmPlace.None
            ? throw KeepsNone()
            : ChangeAsync(
                current =>
                    current is null
                        ? new FenceObject(new Guid(RandomNumberGenerator.GetBytes(16)), 1, 1, 0, [])
                        : throw new RollbackAnchorException(
                            RollbackAnchorFault.Exists,
                            $"the {Description} holds an anchor of the vault {vaultId} already",
                            "'remote-signer rollback-protection status' shows what it says; "
                                + "'remote-signer rollback-protection clear' goes on from there"
                        ),
                cancellation
            );

    public Task DiscardAsync(CancellationToken cancellation) =>
        TranslatedAsync(() =>
            token.RunAsync(
                login =>
                {
                    using var session = login.OpenReadWrite();
                    foreach (var held in keys.Epoch > 0 ? Find(session) : List(session).ConvertAll(one => one.Handle))
                    {
                        // Under a later root key's label there is nobody else's: what it does not open is left of a try.
                        session.Destroy(held);
                    }

                    return true;
                },
                cancellation
            )
        );

    public Task<string?> FindStrangerAsync(CancellationToken cancellation) =>
        TranslatedAsync(() =>
            token.RunAsync(
                session =>
                    OfThisVault(session).Select(found => found.Label).FirstOrDefault(label => label != Label && label != FormerLabel)
                        is { } other
                        ? $"the object '{other}' in the {Description} is a fence of the vault {vaultId} under another root key"
                        : null,
                cancellation
            )
        );

    public Task ClearAsync(CancellationToken cancellation) =>
        TranslatedAsync(() =>
            token.RunAsync(
                login =>
                {
                    using var session = login.OpenReadWrite();
                    OfThisVault(session).ForEach(found => session.Destroy(found.Handle));
                    return true;
                },
                cancellation
            )
        );

    public Task<RollbackAnchorReading?> ReadAsync(CancellationToken cancellation) =>
        TranslatedAsync(() =>
            token.RunAsync(session => Newest(List(session)) is { } found ? ReadingOf(session, found) : null, cancellation)
        );

    public Task CountAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation) =>
        ChangeAsync(from, current => current with { Count = current.Count + 1, Record = record.ToArray() }, cancellation);

    public Task WriteRecordAsync(RollbackAnchorReading from, ReadOnlyMemory<byte> record, CancellationToken cancellation) =>
        ChangeAsync(from, current => current with { Record = record.ToArray() }, cancellation);

    public Task<string?> FindRollbackAsync(CancellationToken cancellation) =>
        TranslatedAsync(() =>
            token.RunAsync(
                session =>
                    (
                        session.Maker.IsInFiles ? $"says it is kept in files of this host ({session.Maker})"
                        : token.Profile.DataObjects.Kept == HsmPlace.Host
                            ? $"keeps data objects in files of this host (profile {token.Profile.Name})"
                        : null
                    )
                        is { } where
                        ? $"the {Description} {where}: a copy of them that is put back, or an image of the whole "
                            + "disk, takes the fence along with ledger and vault, and nobody notices"
                        : null,
                cancellation
            )
        );

    private Task ChangeAsync(RollbackAnchorReading from, Func<FenceObject, FenceObject> change, CancellationToken cancellation) =>
        ChangeAsync(
            current =>
                current is null
                    ? throw new RollbackAnchorException(
                        RollbackAnchorFault.Missing,
                        $"the {Description} holds no anchor of the vault {vaultId}",
                        "'remote-signer rollback-protection status' says what to do"
                    )
                : from.Identity.EndsWith(current.Id.ToString(), StringComparison.Ordinal) && from.Shows(current.Count, current.Record)
                    ? change(current)
                : throw Contested("does not show what was to be replaced"),
            cancellation
        );

    // Once, without the token's own retries: a change whose answer was lost may have been made.
    private async Task ChangeAsync(Func<FenceObject?, FenceObject> change, CancellationToken cancellation)
    {
        var call = new Call();
        try
        {
            await TranslatedAsync(() => token.RunOnceAsync(login => Replace(login, change, call), cancellation));
        }
        catch
        {
            call.IsGivenUp = true;
            _givenUp[call.Made] = true;
            throw;
        }
    }

    // A call that hung and comes back after it was given up must not put its older record over a newer one. When it hangs in the making
    // itself, the object turns up beside the one that was made since, and is known to be this process's.
    private bool Replace(Pkcs11Session login, Func<FenceObject?, FenceObject> change, Call call)
    {
        using var session = login.OpenReadWrite();
        var before = List(session);
        var current = Newest(before);
        var value = (change(current) with { Sequence = (current?.Sequence ?? 0) + 1, Previous = current?.Digest ?? 0 }).Write(keys.Anchor);
        call.Made = FenceObject.DigestOf(value);
        if (call.IsGivenUp)
        {
            return false;
        }

        var made = Make(login, session, value);
        var after = List(session, isBusy: true);
        if (
            after.Exists(other =>
                other.Digest != call.Made && !before.Exists(seen => seen.Digest == other.Digest) && !_givenUp.ContainsKey(other.Digest)
            )
        )
        {
            session.Destroy(made);
            throw Contested("was changed by another process at the same moment");
        }

        // The older first: what a crash leaves is a chain that ends with the newest.
        foreach (var old in after.Where(old => old.Digest != call.Made).OrderBy(old => old.Content))
        {
            session.TryDestroy(old.Handle);
        }

        return true;
    }

    // Some tokens fail when two make an object at the same moment, and leave it all the same: then it is taken away, for it was not made.
    private ulong Make(Pkcs11Session login, Pkcs11Session session, byte[] value)
    {
        try
        {
            return session.CreateObject(ObjectOf(value));
        }
        catch (TokenException)
        {
            using var again = login.OpenReadWrite();
            foreach (
                var left in again
                    .FindData(Label)
                    .Where(handle => again.TryReadAttribute(handle, CKA.CKA_VALUE) is { } found && found.AsSpan().SequenceEqual(value))
            )
            {
                again.TryDestroy(left);
            }

            throw;
        }
    }

    private static RollbackAnchorReading ReadingOf(Pkcs11Session session, FenceObject found) =>
        new($"token {session.Serial} object {found.Id}", found.Count, found.Record);

    private RollbackAnchorException Contested(string what) =>
        new(
            RollbackAnchorFault.Contested,
            $"the object '{Label}' in the {Description} {what}",
            "does another signer run with a copy of this data directory? Stop one of the two"
        );

    private RollbackAnchorException KeepsNone() =>
        new(
            RollbackAnchorFault.Refused,
            $"a token of the profile {token.Profile.Name} keeps no data objects, and the anchor would be one",
            "let a TPM be the anchor, or run without one (rollbackProtection.anchor in signer.json)"
        );

    private RollbackAnchorException Forgets() =>
        new(
            RollbackAnchorFault.Refused,
            $"the {Description} does not show a data object that it has just taken",
            "correct dataObjects in the HSM profile, let a TPM be the anchor, or run without one (rollbackProtection.anchor in signer.json)"
        );

    private static SecretBytes Drawn(SecretArena arena)
    {
        var key = arena.Allocate(32);
        RandomNumberGenerator.Fill(key.Span);
        return key;
    }

    private static string LabelOf(Guid vaultId, uint epoch) =>
        $"fence-{vaultId.ToString()[..8]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{vaultId} {epoch}")))[..16]}";

    private static string FormerPrefix(Guid vaultId) => $"remote-signer fence {vaultId}";

    // Under whatever root key. Labels say which vault, and nobody has more root keys than this.
    private List<(ulong Handle, string Label)> OfThisVault(Pkcs11Session session)
    {
        var labels = Enumerable.Range(0, MaxRootKeys).Select(epoch => LabelOf(vaultId, (uint)epoch)).ToHashSet();
        return
        [
            .. session
                .FindData(label: null)
                .Select(handle =>
                    (handle, Label: session.TryReadAttribute(handle, CKA.CKA_LABEL) is { } label ? Encoding.UTF8.GetString(label) : "")
                )
                .Where(found => labels.Contains(found.Label) || found.Label.StartsWith(FormerPrefix(vaultId), StringComparison.Ordinal)),
        ];
    }

    // A label that the token would have cut short it never kept.
    private List<ulong> Find(Pkcs11Session session) =>
        [.. session.FindData(Label), .. token.Profile.DataObjects.KeepsLabelOf(FormerLabel.Length) ? session.FindData(FormerLabel) : []];

    private Template ObjectOf(byte[] value) =>
        new Template()
            .With(CKA.CKA_CLASS, (ulong)CKO.CKO_DATA)
            .With(CKA.CKA_TOKEN, true)
            .With(CKA.CKA_PRIVATE, token.Profile.DataObjects.Private)
            .With(CKA.CKA_APPLICATION, "remote-signer")
            .With(CKA.CKA_LABEL, Label)
            .With(CKA.CKA_VALUE, value);

    // Another process may destroy one between finding and reading, or have made only a part of one: then everything is looked for again,
    // for its successor is there already.
    private List<Held> List(Pkcs11Session session, bool isBusy = false)
    {
        var isForeign = false;
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var values = Find(session).ConvertAll(handle => (Handle: handle, Value: session.TryReadAttribute(handle, CKA.CKA_VALUE)));
            if (values.TrueForAll(one => one.Value is not null))
            {
                var held = values.ConvertAll(one => Held.Of(one.Handle, one.Value!, keys));
                isForeign = held.Exists(one => one is null);
                if (!isForeign)
                {
                    return held.ConvertAll(one => one!);
                }
            }
        }

        throw !isForeign ? Contested("is being changed by another process")
        : isBusy ? Contested("stands beside one that this signer did not write")
        : Foreign();
    }

    private RollbackAnchorException Foreign() =>
        new(
            RollbackAnchorFault.Foreign,
            $"the object '{Label}' in the {Description} was not written under this vault's root key",
            "'remote-signer rollback-protection status' shows how it stands, and "
                + "'remote-signer rollback-protection clear' what is risked; only "
                + "where no signer lives by it the data object may be deleted with the maker's "
                + $"tool (pkcs11-tool --delete-object --type data --label '{Label}')"
        );

    private FenceObject? Newest(List<Held> held) =>
        FenceObject.Newest(held.ConvertAll(one => one.Content), _givenUp.ContainsKey) switch
        {
            [] => null,
            [var newest] => newest,
            // Of one who is about to take his own back, or of one who died before he could.
            var several => throw new RollbackAnchorException(
                RollbackAnchorFault.Contested,
                $"the {Description} holds {several.Count} objects '{Label}' that were written independently of each other: "
                    + "two signers use it at the same moment, or did and one of them died, or an old one was put back",
                "stop all signers with copies of this data directory; where it stays so, "
                    + "'remote-signer rollback-protection clear' shows what is risked, and makes the anchor anew"
            )
            {
                Records = [.. several.Select(one => new ReadOnlyMemory<byte>(one.Record))],
            },
        };

    private static async Task<T> TranslatedAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (TokenException e)
        {
            throw RollbackAnchorException.Of(FaultOf(e), "the anchor of rollback protection in the token", e);
        }
    }

    private static RollbackAnchorFault FaultOf(TokenException exception) =>
        exception switch
        {
            { Code: CKR.CKR_DEVICE_MEMORY } => RollbackAnchorFault.Full,
            { Fault: TokenFault.DeviceLost or TokenFault.Hung or TokenFault.CircuitOpen or TokenFault.TokenAbsent } =>
                RollbackAnchorFault.Unreachable,
            { Fault: TokenFault.PinLocked } => RollbackAnchorFault.LockedOut,
            _ => RollbackAnchorFault.Refused,
        };

    private sealed class Call
    {
        private volatile bool _givenUp;
        private volatile StrongBox<UInt128> _made = new();

        public bool IsGivenUp
        {
            get => _givenUp;
            set => _givenUp = value;
        }

        /// <summary>The object that it makes; zero: none yet.</summary>
        public UInt128 Made
        {
            get => _made.Value;
            set => _made = new(value);
        }
    }

    private sealed record Held(ulong Handle, FenceObject Content)
    {
        public UInt128 Digest => Content.Digest;

        public static Held? Of(ulong handle, byte[] value, FenceKeys keys) =>
            FenceObject.Read(value, keys.Anchor) is { } content ? new Held(handle, content) : null;
    }
}
