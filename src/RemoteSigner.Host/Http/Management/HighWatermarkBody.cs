namespace RemoteSigner.Host.Http;

/// <summary>The answer of <c>/api/v1/eth2/highWatermark</c>: decimal strings, or nothing when no high watermark is set.</summary>
internal sealed record HighWatermarkBody(string? Epoch = null, string? Slot = null);
