using System.Collections.Frozen;
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
    public static SignerOptions Read(byte[] text, string path) =>
        SettingFaults.Read(text, SignerOptionsContext.Default.SignerOptions, _formerNames, why => new ConfigurationException(
            $"{path}: {why}",
            "correct the file at the place that is named"
        ));
}
