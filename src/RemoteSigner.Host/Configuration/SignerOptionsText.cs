using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>Reads the text of <c>signer.json</c>.</summary>
internal static class SignerOptionsText
{
    // Whoever comes from an older release has them in his file.
    private static readonly FrozenDictionary<string, string> _formerNames = new Dictionary<string, string>
    {
        ["freshness"] = "rollbackProtection",
        ["witness"] = "anchor",
        ["floorsHealth"] = "lowWatermarksHealth",
        ["leastGasLimit"] = "minGasLimit",
        ["mostGasLimit"] = "maxGasLimit",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="text">UTF-8 without a byte order mark.</param>
    /// <param name="path">Its file, for messages.</param>
    /// <exception cref="ConfigurationException">It cannot be read; every fault is named with its line.</exception>
    public static SignerOptions Read(byte[] text, string path)
    {
        var type = SignerOptionsContext.Default.SignerOptions;
        var faults = SettingFaults.In(text, type, _formerNames);
        if (faults.Count > 0)
        {
            throw Unreadable(path, string.Join("; ", faults));
        }

        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw Unreadable(path, "it holds null");
        }
        catch (JsonException exception)
        {
            // Its message names types of this program.
            throw Unreadable(
                path,
                string.Create(CultureInfo.InvariantCulture, $"line {exception.LineNumber + 1}: {exception.Path} cannot be read")
            );
        }
    }

    private static ConfigurationException Unreadable(string path, string why) =>
        new($"{path}: {why}", "correct the file at the place that is named");
}
