using RemoteSigner.Host.Http.Distributed;
using RemoteSigner.Host.Http.Dv;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Every endpoint there is, but for the control socket's. The documents in <c>OpenApi</c> describe them, and a test holds the two together.
/// </summary>
internal static class ApiRoutes
{
    private static readonly ListenerAttribute _api = new(ListenerKind.Api);
    private static readonly ListenerAttribute _operations = new(ListenerKind.Operations);
    private static readonly ListenerAttribute _both = new(ListenerKind.Api, ListenerKind.Operations);
    private static readonly ListenerAttribute _certified = new(ListenerKind.Api) { TakesCertificate = true };
    private static readonly ListenerAttribute _bothCertified = new(ListenerKind.Api, ListenerKind.Operations) { TakesCertificate = true };

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        // Web3Signer's.
        ApiRoute.Of<SigningApi>("POST", "/api/v1/eth2/sign/{identifier}", _api, api => api.SignAsync),
        ApiRoute.Of<ManagementApi>("GET", "/api/v1/eth2/publicKeys", _api, api => api.PublicKeysAsync),
        ApiRoute.Of<ManagementApi>("GET", "/api/v1/eth2/highWatermark", _api, api => api.HighWatermarkAsync),
        ApiRoute.Of<ManagementApi>("POST", "/reload", _api, api => api.StartReloadAsync),
        ApiRoute.Of<ManagementApi>("GET", "/reload", _both, api => api.ReloadStateAsync),
        new("GET", "/upcheck", _both, _ => ManagementApi.UpcheckAsync),
        ApiRoute.Of<HealthApi>("GET", "/healthcheck", _both, api => api.CheckAsync),
        ApiRoute.Of<MetricsApi>("GET", "/metrics", _operations, api => api.WriteAsync),
        // What the standard is about to add.
        ApiRoute.Of<BatchApi>("POST", "/api/v1/eth2/sign", _api, api => api.SignAsync),
        ApiRoute.Of<DistributedApi>("GET", "/api/v1/eth2/distributed/accounts", _certified, api => api.ListAsync),
        ApiRoute.Of<DistributedApi>("GET", "/api/v1/eth2/distributed/accounts/{identifier}", _certified, api => api.FindAsync),
        ApiRoute.Of<DistributedApi>("POST", "/api/v1/eth2/distributed/sign", _certified, api => api.SignAllAsync),
        ApiRoute.Of<DistributedApi>("POST", "/api/v1/eth2/distributed/sign/{identifier}", _certified, api => api.SignAsync),
        // Our own.
        ApiRoute.Of<DvClusterApi>("GET", "/api/v1/dv/validators", _api, api => api.ListAsync),
        ApiRoute.Of<DvEvaluationApi>("POST", "/api/v1/dv/slashable", _api, api => api.EvaluateAsync),
        ApiRoute.Of<DvClusterApi>("POST", "/api/v1/dv/combine", _api, api => api.CombineAsync),
        ApiRoute.Of<DvLockApi>("POST", "/api/v1/dv/clusters/{cluster_hash}/lock-signatures", _api, api => api.SignAsync),
        ApiRoute.Of<RemoteAttestationApi>("GET", "/attestation", _bothCertified, api => api.AttestAsync),
        ApiRoute.Of<RemoteAttestationApi>("POST", "/attestation/credential", _bothCertified, api => api.AnswerAsync),
        new("GET", "/openapi/{document}", _api, _ => OpenApiDocuments.ServeAsync),
        // The Keymanager API.
        ApiRoute.Of<KeymanagerApi>("GET", "/eth/v1/keystores", _certified, api => api.ListAsync),
        ApiRoute.Of<KeymanagerApi>("POST", "/eth/v1/keystores", _certified, api => api.ImportAsync),
        ApiRoute.Of<KeymanagerApi>("DELETE", "/eth/v1/keystores", _certified, api => api.DeleteAsync),
        ApiRoute.Of<KeymanagerApi>("GET", "/eth/v1/remotekeys", _certified, api => api.ListRemoteAsync),
        ApiRoute.Of<KeymanagerApi>("POST", "/eth/v1/remotekeys", _certified, api => api.RefuseRemoteAsync),
        ApiRoute.Of<KeymanagerApi>("DELETE", "/eth/v1/remotekeys", _certified, api => api.RefuseRemoteAsync),
        // ssv-signer's.
        ApiRoute.Of<SsvApi>("GET", "/v1/validators", _certified, api => api.ListAsync),
        ApiRoute.Of<SsvApi>("POST", "/v1/validators", _certified, api => api.ImportAsync),
        ApiRoute.Of<SsvApi>("DELETE", "/v1/validators", _certified, api => api.DeleteAsync),
        ApiRoute.Of<SsvApi>("POST", "/v1/validators/sign/{identifier}", _certified, api => api.SignAsync),
        ApiRoute.Of<SsvOperatorApi>("GET", "/v1/operator/identity", _certified, api => api.IdentityAsync),
        ApiRoute.Of<SsvOperatorApi>("POST", "/v1/operator/sign", _certified, api => api.SignMessageAsync),
    ];

    public static void Map(WebApplication app)
    {
        foreach (var route in All)
        {
            app.MapMethods(route.Path, [route.Verb], route.Find(app.Services)).WithMetadata(route.Door);
        }
    }
}
