using System.Collections.Concurrent;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// Decrypts many keystores at once, in bounded memory (scrypt takes 256 MiB for each that is being decrypted), all or none, on threads that
/// give way to duties. What needs no password is checked of every file first, so that a damaged last file does not cost an hour of scrypt.
/// </summary>
public static class KeystoreImport
{
    // The usual scrypt parameters take 256 MiB and 3 KiB: whoever lends 256 means these.
    private const long Slack = 1 << 20;

    /// <summary>
    /// Gives the keys in the order of <paramref name="files"/>; the caller disposes them. At most <paramref name="loan"/> is lent to key
    /// derivation; a keystore that takes more memory is refused. <paramref name="progress"/> hears how many are done.
    /// </summary>
    /// <exception cref="KeystoreImportException">At least one failed: none is given, all failures are listed.</exception>
    public static Task<IReadOnlyList<ImportedKey>> DecryptAllAsync(
        IReadOnlyList<IKeystoreSource> files,
        SecretArena arena,
        DerivationLoan loan,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default
    ) =>
        ModestThreads.RunAsync<IReadOnlyList<ImportedKey>>(() =>
            DecryptAll(files, Parse(files, loan.Bytes), arena, loan, progress, cancellation)
        );

    private static List<Keystore> Parse(IReadOnlyList<IKeystoreSource> files, long memoryBudget)
    {
        var keystores = new List<Keystore>();
        var failures = new List<KeystoreFailure>();
        var claimed = new Dictionary<BlsPublicKey, string>();
        foreach (var file in files)
        {
            try
            {
                var keystore = file.Read();
                if (keystore.MemoryBytes > memoryBudget + Slack)
                {
                    throw new KeystoreException(
                        KeystoreFault.WantsMoreMemory,
                        $"to open it takes {Mebibytes(keystore.MemoryBytes)} MiB of memory, and {Mebibytes(memoryBudget)} are lent to it",
                        "lend more: keymanager.memoryMib in signer.json where the signer opens it, --memory-mib "
                            + "where the command does; or make the keystore anew with the usual parameters"
                    );
                }

                keystores.Add(keystore);
                if (keystore.PublicKey is { } key && !claimed.TryAdd(key, file.Name))
                {
                    throw Duplicate(key, claimed[key]);
                }
            }
            catch (KeystoreException e)
            {
                failures.Add(Failure(file, e));
            }
        }

        return failures.Count == 0 ? keystores : throw new KeystoreImportException(failures);
    }

    private static ImportedKey[] DecryptAll(
        IReadOnlyList<IKeystoreSource> files,
        List<Keystore> keystores,
        SecretArena arena,
        DerivationLoan loan,
        IProgress<int>? progress,
        CancellationToken cancellation
    )
    {
        var keys = new ImportedKey?[files.Count];
        var failures = new ConcurrentDictionary<int, KeystoreFailure>();
        var done = 0;
        try
        {
            ModestThreads.ForEach(
                files.Count,
                Parallelism(keystores, loan),
                i =>
                {
                    try
                    {
                        keys[i] = Decrypt(files[i], keystores[i], arena);
                    }
                    catch (KeystoreException e)
                    {
                        failures[i] = Failure(files[i], e);
                    }

                    progress?.Report(Interlocked.Increment(ref done));
                },
                cancellation
            );
            FindDuplicates(files, keys, failures);
            return failures.IsEmpty
                ? [.. keys.OfType<ImportedKey>()]
                : throw new KeystoreImportException([.. failures.OrderBy(pair => pair.Key).Select(pair => pair.Value)]);
        }
        catch
        {
            Array.ForEach(keys, key => key?.Dispose());
            throw;
        }
    }

    // Keystores of one import are alike as a rule, so the largest stands for all.
    private static int Parallelism(List<Keystore> keystores, DerivationLoan loan) =>
        (int)Math.Clamp(loan.Bytes / keystores.Select(keystore => keystore.MemoryBytes).DefaultIfEmpty(1).Max(), 1, loan.Threads);

    private static long Mebibytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    private static ImportedKey Decrypt(IKeystoreSource file, Keystore keystore, SecretArena arena)
    {
        using var password = file.ReadPassword(arena);
        var secret = keystore.Decrypt(password, arena);
        Span<byte> publicKey = stackalloc byte[BlsPublicKey.Length];
        secret.WritePublicKey(publicKey);
        return new ImportedKey(new BlsPublicKey(publicKey), file.Name, file.Label, secret);
    }

    // Files that claim no public key show only now that they hold the same one.
    private static void FindDuplicates(
        IReadOnlyList<IKeystoreSource> files,
        ImportedKey?[] keys,
        ConcurrentDictionary<int, KeystoreFailure> failures
    )
    {
        var seen = new Dictionary<BlsPublicKey, string>();
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] is { } key && !seen.TryAdd(key.PublicKey, files[i].Name))
            {
                failures[i] = Failure(files[i], Duplicate(key.PublicKey, seen[key.PublicKey]));
            }
        }
    }

    private static KeystoreException Duplicate(BlsPublicKey key, string first) =>
        new(KeystoreFault.Duplicate, $"the key {key} is in {first} already", "leave one of the two files out");

    private static KeystoreFailure Failure(IKeystoreSource file, KeystoreException e) => new(file.Name, e.Fault, e.Message, e.Hint);
}
