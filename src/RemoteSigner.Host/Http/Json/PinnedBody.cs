using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RemoteSigner.Host.Http;

/// <summary>
/// A request body that holds passwords, in memory that the collector does not move and that is zeroed when it is disposed; the server's own
/// buffers are zeroed as they are read. What TLS keeps of it in its buffers is beyond this program's reach.
/// </summary>
internal sealed class PinnedBody : IDisposable
{
    private byte[] _bytes;
    private int _length;

    private PinnedBody(int capacity) => _bytes = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);

    public ReadOnlySpan<byte> Utf8 => _bytes.AsSpan(0, _length);

    /// <summary>Reads the body to its end.</summary>
    /// <exception cref="BadHttpRequestException">It is longer than the server allows.</exception>
    public static async Task<PinnedBody> ReadAsync(HttpContext context)
    {
        const int Usual = 64 * 1024;
        var body = new PinnedBody((int)Math.Clamp(context.Request.ContentLength ?? Usual, Usual, 4 * 1024 * 1024));
        try
        {
            var pipe = context.Request.BodyReader;
            while (true)
            {
                var result = await BodyPipe.ReadAsync(context, context.RequestAborted);
                body.Take(result.Buffer);
                pipe.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    ClientNaming.RequireSame(context);
                    return body;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private void Take(ReadOnlySequence<byte> read)
    {
        foreach (var segment in read)
        {
            Reserve(segment.Length);
            segment.Span.CopyTo(_bytes.AsSpan(_length));
            _length += segment.Length;
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(segment).Span);
        }
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - _length >= more)
        {
            return;
        }

        var larger = GC.AllocateUninitializedArray<byte>(Math.Max(2 * _bytes.Length, _length + more), pinned: true);
        Utf8.CopyTo(larger);
        CryptographicOperations.ZeroMemory(_bytes);
        _bytes = larger;
    }
}
