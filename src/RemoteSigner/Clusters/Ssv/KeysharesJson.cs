using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>Reads <c>keyshares.json</c>: within bounds, no member that is not known, none missing, none twice.</summary>
internal static class KeysharesJson
{
    // A validator of 13 operators takes 17 KiB; the contract takes at most 80 at a time.
    public const int MaxBytes = 16 * 1024 * 1024;
    private const int MaxValidators = 1000;
    public const int MaxOperators = 13;
    private const string Shares = "shares";
    private const string Payload = "payload";

    public static ClusterFileException TooLarge(long length) =>
        new(ClusterFileFault.TooLarge, $"the file has {length} bytes, at most {MaxBytes} are read", "check that this is a keyshares.json");

    // Whoever reads the file then says what is wrong with it.
    public static bool Is(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && HasPart(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: a name with half a surrogate pair, which is found when it is compared.
            return false;
        }
    }

    private static bool HasPart(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(Shares) || reader.ValueTextEquals(Payload))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    public static KeysharesFile Read(ReadOnlyMemory<byte> json)
    {
        using var document = Open(json);
        var root = new JsonMembers(document.RootElement, "");
        var file = new KeysharesFile
        {
            Version = ReadVersion(root),
            Validators = root.Has(Shares) ? root.Objects(Shares, MaxValidators, ReadValidator) : [ReadValidator(root)],
        };
        _ = root.Text("createdAt", 32, optional: true);
        root.RefuseUnread();
        return file.Validators.IsEmpty ? throw root.Malformed(Shares, "is empty") : file;
    }

    private static JsonDocument Open(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            throw TooLarge(json.Length);
        }

        return JsonMembers.Open(json);
    }

    // As ssv-keys has it: the patch version says nothing about the layout.
    private static string ReadVersion(JsonMembers root)
    {
        var text = root.Text("version", 16);
        return
            text.StartsWith('v')
            && System.Version.TryParse(text.AsSpan(1), out var version)
            && version is { Major: 1, Minor: 1 or 2, Build: >= 0, Revision: -1 }
            && $"v{version}" == text
            ? text
            : throw new ClusterFileException(
                ClusterFileFault.UnknownVersion,
                $"version is '{text}'; v1.1 and v1.2 of keyshares are known",
                "make the file anew with a current ssv-keys or ssv-dkg"
            );
    }

    private static ValidatorShares ReadValidator(JsonMembers members)
    {
        var content = members.Object("data", data =>
            (
                Nonce: data.Number("ownerNonce"),
                Owner: ReadOwner(data),
                Key: new BlsPublicKey(data.Bytes("publicKey", BlsPublicKey.Length)),
                Operators: data.Objects("operators", MaxOperators, member => new SsvOperator(
                    member.Number("id"),
                    member.Text("operatorKey", OperatorPublicKey.MaxText)
                ))
            )
        );
        return members.Object(Payload, payload => new ValidatorShares
        {
            OwnerNonce = content.Nonce,
            OwnerAddress = content.Owner,
            GroupKey = content.Key,
            Operators = content.Operators,
            PayloadGroupKey = new BlsPublicKey(payload.Bytes("publicKey", BlsPublicKey.Length)),
            OperatorIds = payload.Numbers("operatorIds", MaxOperators),
            SharesData =
            [
                .. payload.BytesUpTo(
                    "sharesData",
                    BlsSignature.Length + (MaxOperators * (BlsPublicKey.Length + ValidatorShares.EncryptedLength))
                ),
            ],
        });
    }

    // Capitals are a checksum; a file written without them has none.
    private static ExecutionAddress ReadOwner(JsonMembers members)
    {
        const string Name = "ownerAddress";
        var text = members.Text(Name, 42);
        return
            text.StartsWith("0x", StringComparison.Ordinal)
            && ExecutionAddress.TryParse(text, out var address)
            && (text == address.ToString() || text == OwnerAccount.Checksummed(address))
            ? address
            : throw members.Malformed(Name, "is no address: 0x and 40 hexadecimal digits, whose capitals are a checksum (EIP-55)");
    }
}
