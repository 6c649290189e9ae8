using System.Text.Json;

namespace RemoteSigner.Keys;

/// <summary>What Dirk's and ethdo's wallets are called: each has a file of its folder's own name with the name in it.</summary>
internal sealed class WalletNames
{
    private readonly Dictionary<string, string?> _names = [];

    /// <summary>The name of the wallet in a folder; null where the wallet's file does not say.</summary>
    public string? Find(string folder)
    {
        if (!_names.TryGetValue(folder, out var name))
        {
            _names[folder] = name = Read(Path.Combine(folder, Path.GetFileName(folder)));
        }

        return name;
    }

    private static string? Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(KeystoreFile.ReadBytes(path));
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("name", out var name)
                && name.ValueKind == JsonValueKind.String
                && name.GetString() is { Length: > 0 } text
                ? text
                : null;
        }
        // An account whose wallet has lost its name is still an account.
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeystoreException)
        {
            return null;
        }
    }
}
