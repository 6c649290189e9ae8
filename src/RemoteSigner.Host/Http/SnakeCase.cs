using System.Text.Json;

namespace RemoteSigner.Host.Http;

/// <summary>Reason codes are the names of our enums, written as machines like them: <c>DoubleVote</c> → <c>double_vote</c>.</summary>
internal static class SnakeCase
{
    public static string Of(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
