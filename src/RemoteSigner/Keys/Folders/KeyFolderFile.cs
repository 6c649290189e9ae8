using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>What a file in a folder of keys is, by its content; a closed choice.</summary>
internal abstract record KeyFolderFile
{
    private const string Wallet = "it is of the wallet, not of an account";
    private const string ClientsOwn = "it lies beside folders of keys and claims to be no keystore of a validator";

    // In hex and in quotes; 0x may stand before.
    private const int KeyText = (2 * BlsPublicKey.Length) + 2;

    private static readonly Dictionary<string, string> _known = new(StringComparer.Ordinal)
    {
        ["index"] = Wallet,
        ["batch"] = Wallet,
        ["withdrawal-keystore.json"] = "a withdrawal key signs no duties",
        ["validator_key_cache.json"] = "it is a client's cache of keys that have keystores of their own",
        ["remote_keystore.json"] = "it names a key that another signer holds",
        ["suggested_gas_limit.json"] = "it is a client's setting",
        ["payload_builder.json"] = "it is a client's setting",
        ["keymanageropts.json"] = "it is a client's setting",
    };

    private KeyFolderFile() { }

    /// <summary>
    /// A keystore, or what should be one: damaged files are told of, never passed over. Beside folders of keys an object should be one if
    /// it has <c>crypto</c> and version 4 or a validator's key.
    /// </summary>
    /// <param name="Content">Null where there is a fault.</param>
    public sealed record Key(Keystore? Content, KeystoreException? Fault) : KeyFolderFile;

    /// <summary>Something that is known and holds no signing key.</summary>
    public sealed record Other(string Reason) : KeyFolderFile;

    /// <summary>Nothing to do with keys, or a password: not opened, or not looked at further.</summary>
    public sealed record Foreign : KeyFolderFile;

    /// <summary>Reads JSON files and files without an ending, at most as much as a keystore has.</summary>
    /// <param name="isMeant">Was this very file named? Then it is read whatever it is called.</param>
    /// <param name="isBesideKeys">Does it lie beside folders of keys, where a client has files of its own (logs, settings, its key in the
    /// network)?</param>
    public static KeyFolderFile Read(string path, bool isMeant = false, bool isBesideKeys = false)
    {
        var name = Path.GetFileName(path);
        var isJson = isMeant || name.EndsWith(".json", StringComparison.Ordinal);
        if (!isJson && (Path.HasExtension(name) || ClientNames.KeyOf(name) is not null))
        {
            return new Foreign();
        }

        if (_known.TryGetValue(name, out var reason))
        {
            return new Other(reason);
        }

        try
        {
            return name == PrysmAccounts.FileName
                ? throw PrysmAccounts.Fault()
                : Judge(KeystoreFile.ReadBytes(path), name, isJson, isBesideKeys);
        }
        catch (KeystoreException fault)
        {
            return new Key(null, fault);
        }
    }

    private static KeyFolderFile Judge(byte[] json, string name, bool isJson, bool isBesideKeys)
    {
        var kind = KindOf(json);
        return kind switch
        {
            Kind.Unreadable when ClientNames.IsUuid(name) => throw new KeystoreException(
                KeystoreFault.Unsupported,
                "it is no JSON: the wallet's store is encrypted as a whole, with a passphrase of its own",
                "copy the wallet with ethdo into a store without a passphrase, and import that"
            ),
            Kind.Object when isBesideKeys && isJson => new Other(ClientsOwn),
            Kind.Encrypted when isBesideKeys => new Other(ClientsOwn),
            Kind.Keystore or Kind.Encrypted => new Key(Keystore.Parse(json), null),
            Kind.Unreadable or Kind.Object when isJson => new Key(Keystore.Parse(json), null),
            Kind.Unreadable or Kind.Object => new Foreign(),
            Kind.List => isJson ? new Other("it is a list, as deposit data are") : new Foreign(),
            Kind.Wallet => new Other(Wallet),
            Kind.History => new Other("it is a slashing history: give it with --slashing"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Kind KindOf(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            return root.ValueKind switch
            {
                JsonValueKind.Array => Kind.List,
                JsonValueKind.Object when Has(root, "type", "name") && (Has(root, "uuid") || Has(root, "id")) => Kind.Wallet,
                JsonValueKind.Object when Has(root, "entries", "crypto") => Kind.Wallet,
                JsonValueKind.Object when Has(root, "crypto") => IsOfAValidator(root) ? Kind.Keystore : Kind.Encrypted,
                JsonValueKind.Object when Has(root, "metadata", "data") => Kind.History,
                JsonValueKind.Object => Kind.Object,
                _ => Kind.Unreadable,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: a name with half a surrogate pair, which is found when it is compared.
            return Kind.Unreadable;
        }
    }

    private static bool IsOfAValidator(JsonElement root) =>
        (
            root.TryGetProperty("version", out var version)
            && version.ValueKind == JsonValueKind.Number
            && version.TryGetInt32(out var number)
            && number == 4
        )
        || (
            root.TryGetProperty("pubkey", out var key)
            && key.ValueKind == JsonValueKind.String
            && key.GetRawText().Length is KeyText or KeyText + 2
        );

    private static bool Has(JsonElement root, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!root.TryGetProperty(name, out _))
            {
                return false;
            }
        }

        return true;
    }

    private enum Kind
    {
        Unreadable,
        Object,
        List,
        Keystore,
        Encrypted,
        Wallet,
        History,
    }
}
