using System.Text.Json.Serialization;

namespace RemoteSigner.Host.Connect;

/// <summary>
/// One thing that must hold before a signer does what it is asked for, and how it was found. A failed one has a stable
/// <paramref name="Reason"/> for programs and a hint for people.
/// </summary>
internal sealed record SignerCheck(string Name, bool Passed, string Detail, string? Reason = null, string? Hint = null)
{
    /// <summary>The signer has written this refusal down: whoever asks again should take his time.</summary>
    [JsonIgnore]
    public bool IsOnRecord { get; init; }

    public static SignerCheck Pass(string name, string detail) => new(name, Passed: true, detail);

    public static SignerCheck Fail(string name, string reason, string detail, string hint) =>
        new(name, Passed: false, detail, reason, hint);
}
