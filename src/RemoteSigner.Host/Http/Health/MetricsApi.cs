using RemoteSigner.Host.Running;

namespace RemoteSigner.Host.Http;

/// <summary><c>GET /metrics</c>: all figures in the text format of Prometheus.</summary>
internal sealed class MetricsApi(SignerMetrics metrics)
{
    public Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return metrics.Registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
    }
}
