using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Spec;

namespace RemoteSigner.Rig;

/// <summary>
/// The folder of one throwaway signer: its token, its keystores and its data directory, which verbs of the binary make and change.
/// </summary>
public sealed class SignerHome : IDisposable
{
    public const string Password = "test password";

    private static readonly JsonDocumentOptions _commented = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private SignerHome(Func<string, SoftToken> token)
    {
        Folder = Directory.CreateTempSubdirectory("remote-signer-test-").FullName;
        Token = token(Directory.CreateDirectory(Path.Combine(Folder, "token")).FullName);
    }

    public string Folder { get; }

    public SoftToken Token { get; }

    /// <summary>The software TPM that the vault is sealed under; null where it is sealed in the token.</summary>
    public SoftwareTpm? Tpm { get; private set; }

    public string Data => Path.Combine(Folder, "data");

    public string Keystores => Path.Combine(Folder, "keystores");

    public string OptionsFile => Path.Combine(Data, "signer.json");

    public string LedgerFile => Path.Combine(Data, "ledger.sqlite");

    public string VaultFile => Path.Combine(Data, "vault");

    /// <summary>The keys that were imported.</summary>
    public IReadOnlyList<BlsPublicKey> Keys { get; private set; } = [];

    /// <summary>A token, and no signer yet.</summary>
    public static SignerHome Empty(SoftToken? token = null) => new(folder => token ?? SoftToken.Create(folder));

    /// <summary>A signer made by <c>init</c>, with new keys that have never signed.</summary>
    public static async Task<SignerHome> CreateAsync(string network, int keys, params string[] options)
    {
        var home = Empty();
        (await home.InitAsync(network, options)).Succeeded();
        await home.AddKeysAsync(keys);
        return home;
    }

    /// <summary>The same sealed under a software TPM of its own, which is also the anchor of rollback protection.</summary>
    public static Task<SignerHome> CreateInTpmAsync(string network, int keys, params string[] options) =>
        CreateInTpmAsync(SoftwareTpm.StartAsync, network, keys, options);

    /// <summary>The same with a TPM whose maker certified its endorsement key.</summary>
    public static Task<SignerHome> CreateInCertifiedTpmAsync(string network, int keys, params string[] options) =>
        CreateInTpmAsync(SoftwareTpm.StartCertifiedAsync, network, keys, options);

    private static async Task<SignerHome> CreateInTpmAsync(
        Func<string, Task<SoftwareTpm>> start,
        string network,
        int keys,
        string[] options
    )
    {
        var home = Empty();
        home.Tpm = await start(Directory.CreateDirectory(home.Beside("tpm")).FullName);
        (await home.RunAsync(["init", "--network", network, "--seal", "tpm", "--tpm", home.Tpm.Address, .. options])).Succeeded();
        await home.AddKeysAsync(keys);
        return home;
    }

    /// <summary>A path in this folder, beside the data directory.</summary>
    public string Beside(string name) => Path.Combine(Folder, name);

    /// <summary>The private half of a recovery key, once <see cref="MakeRecoveryKeyAsync"/> made it.</summary>
    public string RecoveryKey => Beside("recovery.key");

    /// <summary>Makes a recovery key of 3072 bits; the path of its public half.</summary>
    public async Task<string> MakeRecoveryKeyAsync()
    {
        var open = Beside("recovery.pub");
        (
            await CommandResult.OfAsync(
                "openssl",
                ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072", "-out", RecoveryKey]
            )
        ).Succeeded();
        (await CommandResult.OfAsync("openssl", ["pkey", "-in", RecoveryKey, "-pubout", "-out", open])).Succeeded();
        return open;
    }

    /// <summary>The same, with a slot of the vault.</summary>
    public async Task AddRecoverySlotAsync() => (await RunAsync("seal", "enrol", "--recovery", await MakeRecoveryKeyAsync())).Succeeded();

    /// <summary><c>init</c> with this folder's token.</summary>
    public Task<CommandResult> InitAsync(string network, params string[] options) =>
        RunAsync(["init", "--network", network, "--seal", "softhsm2", "--anchor-on-host", "--pin-file", Token.PinFile, .. options]);

    /// <summary>Writes keystores with new keys and imports them.</summary>
    public async Task AddKeysAsync(int count)
    {
        Keys = KeystoreWriter.WriteNew(Keystores, count, Password);
        (await RunAsync("keys", "import", "--keystores", Keystores, "--never-signed")).Succeeded();
    }

    /// <summary>Writes keystores with these keys (32 bytes each) and imports them.</summary>
    public async Task AddKeysAsync(IEnumerable<byte[]> secrets)
    {
        Keys = KeystoreWriter.Write(Keystores, secrets, Password);
        (await RunAsync("keys", "import", "--keystores", Keystores, "--never-signed")).Succeeded();
    }

    /// <summary>
    /// Another home with a copy of the data directory and of the token: the token's anchor of rollback protection goes along with the data.
    /// </summary>
    public SignerHome Copy()
    {
        var copy = new SignerHome(Token.Copy) { Keys = Keys };
        CopyData(copy.Data);
        return copy;
    }

    /// <summary>A copy of the data directory in this folder, on the same token and TPM; its path.</summary>
    public string CopyBeside(string name)
    {
        CopyData(Beside(name));
        return Beside(name);
    }

    private void CopyData(string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(Data, "*", SearchOption.AllDirectories).Prepend(Data))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(Data, folder)));
        }

        foreach (
            var file in Directory
                .EnumerateFiles(Data, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is not (".lock" or ".sock"))
        )
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(Data, file)));
        }
    }

    /// <summary>
    /// Copies ledger and vault aside as they are now, also while the signer runs, as a backup would; the token is left out.
    /// </summary>
    public void BackUp(string name)
    {
        var folder = Directory.CreateDirectory(Beside(name)).FullName;
        foreach (var file in Perishable(Data))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    /// <summary>
    /// Puts the files of a backup back whose names begin with <paramref name="prefix"/>: <c>ledger</c>, <c>vault</c>, or both.
    /// </summary>
    public void PutBack(string name, string prefix = "")
    {
        foreach (var file in Perishable(Data).Where(file => Path.GetFileName(file).StartsWith(prefix, StringComparison.Ordinal)))
        {
            File.Delete(file);
        }

        foreach (var file in Perishable(Beside(name)).Where(file => Path.GetFileName(file).StartsWith(prefix, StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(Data, Path.GetFileName(file)));
        }
    }

    private static IEnumerable<string> Perishable(string folder) =>
        Directory.EnumerateFiles(folder, "ledger.sqlite*").Concat(Directory.EnumerateFiles(folder, "vault"));

    /// <summary>Runs a verb on this data directory to its end.</summary>
    public Task<CommandResult> RunAsync(params string[] verb) => SignerProcess.RunAsync(Token, [.. verb, "--data", Data]);

    /// <summary>Serves until disposed; waits until the keys are open.</summary>
    public Task<SignerProcess> StartAsync(params string[] arguments) => SignerProcess.StartAsync(Data, Token, arguments);

    /// <summary>Changes <c>signer.json</c>; its comments are lost.</summary>
    public void Configure(Action<JsonNode> change)
    {
        var options = JsonNode.Parse(File.ReadAllText(OptionsFile), documentOptions: _commented)!;
        change(options);
        File.WriteAllText(OptionsFile, options.ToJsonString());
    }

    public void Dispose()
    {
        Tpm?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
