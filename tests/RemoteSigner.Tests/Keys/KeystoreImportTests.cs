using RemoteSigner.Keys;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Keys;

public sealed class KeystoreImportTests : IDisposable
{
    private static readonly DerivationLoan _loan = DerivationLoan.OfAll(1024);

    private readonly KeystoreScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("lock-v1_10-4of3", "node0", 2)]
    [InlineData("lock-v1_10-4of3", "node3", 2)]
    [InlineData("lock-v1_11-solo", "node2", 1)]
    public async Task Imports_a_Charon_node(string cluster, string node, int least)
    {
        var files = KeystoreFolder.Find(Vectors.Path($"clusters/{cluster}/{node}"));

        var keys = await KeystoreImport.DecryptAllAsync(files, _scene.Arena, _loan);

        Assert.True(keys.Count >= least);
        Assert.All(keys, (key, i) => Assert.Equal(Keystore.Parse(File.ReadAllBytes(files[i].KeystorePath)).PublicKey, key.PublicKey));
        Dispose(keys);
    }

    [Fact]
    public async Task Reports_progress_and_keeps_the_order_of_the_files()
    {
        var expected = Enumerable.Range(0, 20).Select(i => Add($"keystore-{i:00}", "secret")).ToList();
        var reports = new List<int>();
        var progress = new Counter(reports);

        var keys = await KeystoreImport.DecryptAllAsync(KeystoreFolder.Find(_scene.Folder), _scene.Arena, _loan, progress);

        Assert.Equal(expected, keys.Select(key => key.PublicKey));
        Assert.Equal(Enumerable.Range(1, 20), reports.Order());
        Dispose(keys);
    }

    [Fact]
    public async Task Passwords_may_be_in_a_folder_of_their_own_or_in_one_file_for_all()
    {
        var first = _scene.NewKeystore("one");
        var second = _scene.NewKeystore("one");
        _scene.Write("keys/a.json", first.Json.ToJsonString());
        _scene.Write("keys/b.json", second.Json.ToJsonString());
        _scene.Write("keys/deposit_data-1700000000.json", "[]");
        _scene.Write("passwords/a.txt", "one\n");
        _scene.Write("passwords/b.txt", "one\r\n");
        var all = _scene.Write("all.txt", "one");

        foreach (var passwords in new[] { Path.Combine(_scene.Folder, "passwords"), all })
        {
            var keys = await KeystoreImport.DecryptAllAsync(
                KeystoreFolder.Find(Path.Combine(_scene.Folder, "keys"), passwords),
                _scene.Arena,
                _loan
            );
            Assert.Equal([first.PublicKey, second.PublicKey], keys.Select(key => key.PublicKey));
            Dispose(keys);
        }
    }

    [Fact]
    public async Task A_single_keystore_is_found_with_the_password_beside_it()
    {
        var expected = Add("only", "secret");

        var keys = await KeystoreImport.DecryptAllAsync(
            KeystoreFolder.Find(Path.Combine(_scene.Folder, "only.json")),
            _scene.Arena,
            DerivationLoan.OfAll(1)
        );

        Assert.Equal(expected, Assert.Single(keys).PublicKey);
        Dispose(keys);
    }

    [Fact]
    public void Names_every_keystore_that_has_no_password()
    {
        Add("good", "secret");
        _scene.Write("bad-1.json", "{}");
        _scene.Write("bad-2.json", "{}");

        var failures = Assert.Throws<KeystoreImportException>(() => KeystoreFolder.Find(_scene.Folder)).Failures;

        Assert.Equal(["bad-1.json", "bad-2.json"], failures.Select(failure => Path.GetFileName(failure.Path)));
    }

    [Fact]
    public void An_empty_or_missing_folder_is_an_error_with_a_hint()
    {
        Assert.Equal(
            KeystoreFault.Unreadable,
            Assert.Single(Assert.Throws<KeystoreImportException>(() => KeystoreFolder.Find(_scene.Folder)).Failures).Fault
        );
        Assert.NotEmpty(Assert.Throws<KeystoreImportException>(() => KeystoreFolder.Find("/nowhere")).Failures[0].Hint);
    }

    [Fact]
    public async Task What_needs_no_password_is_checked_of_all_files_first()
    {
        Add("a-good", "secret");
        Add("b-old", "secret", json => json["version"] = 3);
        Add("c-broken", "secret", json => json.Remove("crypto"));
        _scene.Write("d-same.json", await File.ReadAllTextAsync(Path.Combine(_scene.Folder, "a-good.json")));
        _scene.Write("d-same.txt", "wrong");

        var failures = await FailuresAsync();

        Assert.Equal(
            [
                ("b-old.json", KeystoreFault.Unsupported),
                ("c-broken.json", KeystoreFault.Malformed),
                ("d-same.json", KeystoreFault.Duplicate),
            ],
            failures.Select(failure => (Path.GetFileName(failure.Path), failure.Fault))
        );
    }

    [Fact]
    public async Task Reports_every_wrong_password_and_foreign_key_and_gives_no_key()
    {
        Add("a-good", "secret");
        Add("b-wrong", "other");
        Add("c-foreign", "secret", json => json["pubkey"] = _scene.NewKeystore("x").PublicKey.ToString());
        Add("d-unnamed", "secret", json => json.Remove("pubkey"));
        var unnamed = Path.Combine(_scene.Folder, "d-unnamed");
        File.Copy(unnamed + ".json", Path.Combine(_scene.Folder, "e-unnamed.json"));
        File.Copy(unnamed + ".txt", Path.Combine(_scene.Folder, "e-unnamed.txt"));
        _scene.Write("b-wrong.txt", "secret");

        var failures = await FailuresAsync();

        Assert.Equal(
            [
                ("b-wrong.json", KeystoreFault.WrongPassword),
                ("c-foreign.json", KeystoreFault.ForeignPublicKey),
                ("e-unnamed.json", KeystoreFault.Duplicate),
            ],
            failures.Select(failure => (Path.GetFileName(failure.Path), failure.Fault))
        );
        Assert.All(failures, failure => Assert.NotEmpty(failure.Hint));
    }

    [Fact]
    public async Task A_keystore_that_takes_more_memory_than_is_lent_is_refused_before_anything_is_derived()
    {
        Add("a-good", "secret");
        Add("b-large", "secret", json =>
            json["crypto"]!["kdf"] = System.Text.Json.Nodes.JsonNode.Parse(
                $$"""{"function":"scrypt","params":{"dklen":32,"n":524288,"r":8,"p":1,"salt":"{{new string('0', 64)}}"},"message":""}"""
            )
        );

        var failure = Assert.Single(
            (
                await Assert.ThrowsAsync<KeystoreImportException>(() =>
                    KeystoreImport.DecryptAllAsync(KeystoreFolder.Find(_scene.Folder), _scene.Arena, DerivationLoan.OfAll(256))
                )
            ).Failures
        );

        Assert.Equal(("b-large.json", KeystoreFault.WantsMoreMemory), (Path.GetFileName(failure.Path), failure.Fault));
        Assert.Contains("513 MiB of memory, and 256 are lent", failure.Reason, StringComparison.Ordinal);
        Assert.Contains("keymanager.memoryMib", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keystores_are_opened_on_threads_that_give_way_and_not_on_those_that_answer_requests()
    {
        Enumerable.Range(0, 4).ToList().ForEach(i => Add($"keystore-{i}", "secret"));
        var seen = new System.Collections.Concurrent.ConcurrentBag<(bool IsPool, int Nice)>();

        var keys = await KeystoreImport.DecryptAllAsync(KeystoreFolder.Find(_scene.Folder), _scene.Arena, _loan, new Look(seen));

        Assert.Equal(4, seen.Count);
        Assert.All(seen, one => Assert.Equal((false, 19), one));
        Dispose(keys);
    }

    [Fact]
    public async Task Once_it_is_cancelled_no_key_is_given()
    {
        Enumerable.Range(0, 8).ToList().ForEach(i => Add($"keystore-{i}", "secret"));
        using var end = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            KeystoreImport.DecryptAllAsync(KeystoreFolder.Find(_scene.Folder), _scene.Arena, _loan, new End(end), end.Token)
        );
    }

    private static void Dispose(IEnumerable<ImportedKey> keys)
    {
        foreach (var key in keys)
        {
            key.Dispose();
        }
    }

    private async Task<IReadOnlyList<KeystoreFailure>> FailuresAsync() =>
        (
            await Assert.ThrowsAsync<KeystoreImportException>(() =>
                KeystoreImport.DecryptAllAsync(KeystoreFolder.Find(_scene.Folder), _scene.Arena, _loan)
            )
        ).Failures;

    private BlsPublicKey Add(string name, string password, Action<System.Text.Json.Nodes.JsonObject>? change = null)
    {
        var (json, publicKey) = _scene.NewKeystore(password);
        change?.Invoke(json);
        _scene.Write($"{name}.json", json.ToJsonString());
        _scene.Write($"{name}.txt", password);
        return publicKey;
    }

    private sealed class End(CancellationTokenSource end) : IProgress<int>
    {
        public void Report(int value) => end.Cancel();
    }

    // The nineteenth field of proc_pid_stat(5), counted behind the name, which may hold blanks.
    private sealed class Look(System.Collections.Concurrent.ConcurrentBag<(bool IsPool, int Nice)> seen) : IProgress<int>
    {
        public void Report(int value) =>
            seen.Add(
                (
                    Thread.CurrentThread.IsThreadPoolThread,
                    int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[16])
                )
            );
    }

    private sealed class Counter(List<int> reports) : IProgress<int>
    {
        public void Report(int value)
        {
            lock (reports)
            {
                reports.Add(value);
            }
        }
    }
}
