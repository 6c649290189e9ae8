using System.Globalization;
using RemoteSigner.Spec;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>PCRs of the SHA-256 bank as people write them: <c>7,11</c>, or <c>sha256:7,11</c> as tpm2-tools do.</summary>
public static class PcrList
{
    private const int Most = 23;

    /// <exception cref="FormatException">Something else, an index twice or above 23, or none at all.</exception>
    public static TpmlPcrSelection Parse(string text)
    {
        var parts = (text.StartsWith("sha256:", StringComparison.Ordinal) ? text["sha256:".Length..] : text).Split(',');
        var indices = parts
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : Most + 1)
            .ToArray();
        return indices.All(index => index <= Most) && indices.Distinct().Count() == indices.Length
            ? TpmlPcrSelection.Sha256(indices)
            : throw new FormatException(
                $"'{SettingFaults.Shown(text)}' is no list of PCRs: write numbers from 0 to {Most} with commas between them, such as 7,11"
            );
    }

    /// <summary>
    /// Predicted or measured values, a line <c>INDEX: HEX</c> each as <c>tpm2_pcrread sha256:7,11</c> prints them.
    /// </summary>
    /// <exception cref="FormatException">A line of another form, or a value twice.</exception>
    public static PcrValues ParseValues(string text)
    {
        var values = new Dictionary<int, byte[]>();
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line is not ("" or "sha256:")))
        {
            var parts = line.Split(':', 2, StringSplitOptions.TrimEntries);
            var hex = parts.Length == 2 && parts[1].StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? parts[1][2..] : parts[^1];
            if (
                parts.Length != 2
                || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                || index > Most
                || hex.Length != 64
                || !hex.All(char.IsAsciiHexDigit)
                || !values.TryAdd(index, Convert.FromHexString(hex))
            )
            {
                throw new FormatException(
                    $"'{SettingFaults.Shown(line)}' is no PCR value: write INDEX: and 64 hex digits, each index once"
                );
            }
        }

        return values.Count > 0 ? new PcrValues(values) : throw new FormatException("there is no PCR value in it");
    }
}
