using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Host.Running;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Http;

/// <summary>Web3Signer's endpoints beside signing: public keys, liveness, high watermark and reload.</summary>
internal sealed class ManagementApi(KeyListing keys, AccessPolicy access, SlashingProtection slashing, Reloading reloading)
{
    /// <summary>The keys that this client may use, as hex.</summary>
    public Task PublicKeysAsync(HttpContext context)
    {
        if (!ApiResponse.MayBeJson(context.Request))
        {
            return ApiResponse.ErrorAsync(context, StatusCodes.Status406NotAcceptable, ReasonCodes.JsonOnly);
        }

        var client = context.Features.GetRequiredFeature<Client>();
        NoKeysToListException.RequireDuties(access, client);
        return keys.WriteAsync(context, client);
    }

    /// <summary>Liveness: the process answers. Whether it can sign is the health check's business.</summary>
    public static Task UpcheckAsync(HttpContext context) => ApiResponse.TextAsync(context, "OK");

    public async Task HighWatermarkAsync(HttpContext context)
    {
        var mark = await slashing.GetHighWatermarkAsync();
        await ApiResponse.WriteAsync(context, new HighWatermarkBody(mark?.Epoch.ToString(), mark?.Slot.ToString()));
    }

    /// <summary>For clients that signer.json names: a reload asks the token to open the vault again.</summary>
    public Task StartReloadAsync(HttpContext context) =>
        !access.Knows(context.Features.GetRequiredFeature<Client>()) ? ApiResponse.ErrorAsync(context, StatusCodes.Status404NotFound)
        : reloading.TryStart()
            ? ApiResponse.WriteAsync(
                context,
                new ReloadReport("accepted", "reload started; its state is at GET /reload"),
                StatusCodes.Status202Accepted
            )
        : ApiResponse.WriteAsync(context, new ReloadReport("error", "a reload is running"), StatusCodes.Status409Conflict);

    public Task ReloadStateAsync(HttpContext context) => ApiResponse.WriteAsync(context, reloading.Report, StatusCodes.Status200OK);
}
