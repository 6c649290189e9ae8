using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>Writes the answers of this API.</summary>
internal static class DvResult
{
    public static Task WriteAsync(HttpContext context, DvValidatorList answer) =>
        WriteAsync(context, answer, DvContext.Default.DvValidatorList);

    public static Task WriteAsync(HttpContext context, DvEvaluation answer) => WriteAsync(context, answer, DvContext.Default.DvEvaluation);

    public static Task WriteAsync(HttpContext context, DvCombined answer) => WriteAsync(context, answer, DvContext.Default.DvCombined);

    public static Task WriteAsync(HttpContext context, DvCombineError answer, int status) =>
        WriteAsync(context, answer, DvContext.Default.DvCombineError, status);

    public static Task WriteAsync(HttpContext context, DvLockSignatures answer) =>
        WriteAsync(context, answer, DvContext.Default.DvLockSignatures);

    public static Task WriteAsync(HttpContext context, DvLockError answer, int status) =>
        WriteAsync(context, answer, DvContext.Default.DvLockError, status);

    private static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        ApiResponse.DocumentAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer, type), status);
}
