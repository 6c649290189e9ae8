using System.Text.Json;
using System.Text.Json.Nodes;

namespace RemoteSigner.Host.Configuration;

/// <summary>The settings that a signer was started with, to say which of those in the file it does not go by.</summary>
internal sealed class OptionsSnapshot(SignerOptions atStart)
{
    // In force with a reload, whole or in part.
    private static readonly string[] _reloaded = ["clients", "tls", "api.hostAllowlist", "operations.hostAllowlist", "distributed"];

    private readonly JsonObject _atStart = ToJson(atStart);

    /// <summary>Which settings in the file want a restart, in words; null when none does.</summary>
    public string? TellOf(SignerOptions read)
    {
        var now = ToJson(read);
        List<string> changed =
        [
            .. now.Select(section => section.Key)
                .Where(name => !_reloaded.Contains(name) && !JsonNode.DeepEquals(Reduced(now, name), Reduced(_atStart, name))),
        ];
        return changed.Count == 0 ? null : $"wants a restart to be in force: {string.Join(", ", changed)}";
    }

    private static JsonObject ToJson(SignerOptions options) =>
        JsonSerializer.SerializeToNode(options, SignerOptionsContext.Default.SignerOptions)!.AsObject();

    private static JsonNode? Reduced(JsonObject options, string section)
    {
        var value = options[section]?.DeepClone();
        foreach (var name in _reloaded.Where(name => name.StartsWith($"{section}.", StringComparison.Ordinal)))
        {
            (value as JsonObject)?.Remove(name[(section.Length + 1)..]);
        }

        return value;
    }
}
