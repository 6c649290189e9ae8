using System.Collections.Immutable;
using System.CommandLine;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>How a person says why a cluster's document may be believed: nothing in the document itself shows it.</summary>
internal static class AnchorOptions
{
    public static readonly Option<string?> Node = new("--node") { Description = "the node's .charon folder: its key says which share is ours, and must have signed the lock", HelpName = "DIR" };
    public static readonly Option<string?> Enr = new("--enr") { Description = "instead of --node: our node's record (enr:…), or its public key (33 bytes in hex)", HelpName = "ENR|KEY" };
    public static readonly Option<string?> Owner = new("--owner") { Description = "of keyshares: who owns the validators, as SSV's contract has it (ValidatorAdded)", HelpName = "ADDRESS" };
    public static readonly Option<string[]> Validators = new("--validator") { Description = "of keyshares: a validator, as SSV's contract has it; once for each in the file", HelpName = "KEY" };
    public static readonly Option<bool> Accept = new("--accept-unanchored")
    {
        Description = "take the document at your own word, which the audit log keeps. It is not proven then that our node, or the validators' owner, ever saw it: whoever knows our public keys can make one that passes every check, and our shares would serve his cluster",
    };

    /// <summary>The lock, for the reason that was given.</summary>
    /// <exception cref="CliError">None was given, or one that is for keyshares.</exception>
    /// <exception cref="IntakeException">It does not hold.</exception>
    public static AnchoredDocument Anchor(this ParseResult parsed, VerifiedLock cluster, SecretArena arena)
    {
        if (parsed.GetValue(Owner) is not null || parsed.GetValue(Validators) is { Length: > 0 })
        {
            throw new CliError("--owner and --validator are for SSV's keyshares, and this is a Charon lock", "give --node DIR or --enr ENR: our node has signed its lock, from v1.7 on");
        }

        var now = TimeProvider.System.GetUtcNow();
        return parsed.FindNodeKey(arena) is var (key, name) ? AnchoredDocument.ByNode(cluster, key, name, parsed.GetValue(Accept), now)
            : parsed.GetValue(Accept) ? AnchoredDocument.ByWord(cluster, now)
            : throw new CliError("nothing shows whose lock this is", "give --node DIR or --enr ENR: our node has signed its lock, from v1.7 on; --accept-unanchored takes it at your own word");
    }

    /// <summary>The keyshares, for the reason that was given.</summary>
    /// <exception cref="CliError">None was given, or one that is for a lock.</exception>
    /// <exception cref="IntakeException">It does not hold.</exception>
    public static AnchoredDocument Anchor(this ParseResult parsed, VerifiedKeyshares file)
    {
        var (owner, validators) = (parsed.GetValue(Owner), parsed.GetValue(Validators) ?? []);
        if (parsed.GetValue(Node) is not null || parsed.GetValue(Enr) is not null)
        {
            throw new CliError("--node and --enr are for Charon's locks, and these are SSV's keyshares", "give --owner and --validator, as the contract's ValidatorAdded events have them");
        }

        var now = TimeProvider.System.GetUtcNow();
        return owner is not null && validators.Length > 0 ? AnchoredDocument.ByStatement(file, new StatedValidators(OwnerOf(owner), validators.Select(ValidatorOf).ToHashSet()), now)
            : owner is not null || validators.Length > 0 ? throw new CliError("an owner alone shows nothing, and so do validators alone", "give --owner and every --validator of the file, as the contract's ValidatorAdded events have them")
            : parsed.GetValue(Accept) ? AnchoredDocument.ByWord(file, now)
            : throw new CliError("nothing shows whose keyshares these are", "give --owner and --validator, as the contract's ValidatorAdded events have them, never as the file has them; --accept-unanchored takes it at your own word");
    }

    /// <summary>The public key of our node, 33 bytes, and what messages call it; null when neither its folder nor its record was given.</summary>
    private static (ImmutableArray<byte> Key, string Name)? FindNodeKey(this ParseResult parsed, SecretArena arena) => (parsed.GetValue(Node), parsed.GetValue(Enr)) switch
    {
        (null, null) => null,
        ({ } folder, null) => (new NodeFolder(folder).ReadNodeKey(arena), new NodeFolder(folder).NodeKeyFile),
        (null, { } text) => (ReadNodeKey(text), "--enr"),
        _ => throw new CliError("--node and --enr do not go together", "either says which node is ours"),
    };

    private static ImmutableArray<byte> ReadNodeKey(string text)
    {
        if (!text.StartsWith("enr:", StringComparison.Ordinal))
        {
            return NodeRecord.ReadKey(text) ?? throw new CliError($"'{text}' is neither a node record nor a node's public key", "give what 'charon enr' prints, or 33 bytes in hex");
        }

        return NodeRecord.TryParse(text, out var record, out var problem) ? record.PublicKey : throw new CliError($"'{text}' is no node record: {problem}", "give what 'charon enr' prints");
    }

    private static ExecutionAddress OwnerOf(string text) => ExecutionAddress.TryParse(text, out var owner)
        ? owner
        : throw new CliError($"'{text}' is no address", "0x and 40 hexadecimal digits, as the contract's ValidatorAdded event has it");

    private static BlsPublicKey ValidatorOf(string text) => BlsPublicKey.TryParse(text, out var key)
        ? key
        : throw new CliError($"'{text}' is not a public key", "48 bytes in hex, as the contract's ValidatorAdded event has it");
}
