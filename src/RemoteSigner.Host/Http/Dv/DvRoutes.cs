namespace RemoteSigner.Host.Http.Dv;

/// <summary>The endpoints of the API for distributed validators; <c>openapi.json</c> describes them, and a test holds the two together.</summary>
internal static class DvRoutes
{
    public const string Root = "/api/v1/dv";

    public static IReadOnlyList<(string Verb, string Path, Func<IServiceProvider, RequestDelegate> Find)> All { get; } =
    [
        (HttpMethods.Get, "/validators", services => services.GetRequiredService<DvClusterApi>().ListAsync),
        (HttpMethods.Post, "/sign/{group_pubkey}", services => services.GetRequiredService<DvSigningApi>().SignAsync),
        (HttpMethods.Post, "/sign", services => services.GetRequiredService<DvSigningApi>().SignBatchAsync),
        (HttpMethods.Post, "/slashable", services => services.GetRequiredService<DvSigningApi>().ForeseeAsync),
        (HttpMethods.Post, "/combine", services => services.GetRequiredService<DvClusterApi>().CombineAsync),
        (HttpMethods.Post, "/clusters/{cluster_hash}/lock-signatures", services => services.GetRequiredService<DvLockApi>().SignAsync),
        (HttpMethods.Get, "/openapi.json", _ => DvClusterApi.DescribeAsync),
    ];

    public static void Map(WebApplication app, DoorAttribute door)
    {
        foreach (var (verb, path, find) in All)
        {
            app.MapMethods(Root + path, [verb], find(app.Services)).WithMetadata(door);
        }
    }
}
