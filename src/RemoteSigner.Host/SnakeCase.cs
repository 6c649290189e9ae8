using System.Text.Json;
using RemoteSigner.Clusters;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host;

/// <summary>
/// Reason codes are names, written as machines like them: <c>DoubleVote</c> → <c>double_vote</c>. Where a name was chosen for good, it is
/// that one and not the enum's.
/// </summary>
internal static class SnakeCase
{
    public static string Of(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    public static string Of(SlashingRule rule) => Of(rule.Name());

    public static string Of(ClusterRule rule) => Of(rule.Name());

    public static string Of(RollbackReason reason) => Of(reason.Name());

    public static string Of(Enum value) => Of(value.ToString());
}
