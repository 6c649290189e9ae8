using System.Globalization;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>What the signer says of itself at <c>/metrics</c>.</summary>
internal static class Metric
{
    /// <summary>The value of a metric without labels; null where there is none of that name.</summary>
    public static async Task<double?> ReadAsync(SignerProcess signer, string name)
    {
        using var client = new HttpClient { BaseAddress = signer.Operations };
        var text = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return text.Split('\n').FirstOrDefault(line => line.StartsWith($"{name} ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture)
            : null;
    }
}
