using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The answer to a batch: a JSON array of one object for each key. It is written as its parts are known and goes out as the client takes
/// it, so that it is never in memory whole.
/// </summary>
internal sealed class BatchResult : IDisposable
{
    // A slot has 12 seconds. Whoever has not taken his answer after so long holds memory for nothing.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly HttpContext _context;
    private readonly CancellationTokenSource _over;

    // A few records of TLS.
    private const int Piece = 64 * 1024;

    private PipeWriter? _pipe;
    private int _pending;

    public BatchResult(HttpContext context)
    {
        (_context, _over) = (context, CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted));
        _over.CancelAfter(_timeout);
    }

    /// <summary>
    /// Adds so many objects, whose members <paramref name="write"/> writes by their number; the first call begins the answer, with 200.
    /// </summary>
    public async Task AddAsync(int count, Action<int> write)
    {
        for (var i = 0; i < count; i++)
        {
            Begin();
            write(i);
            Write("}"u8);
            if (_pending >= Piece)
            {
                await FlushAsync();
            }
        }
    }

    /// <summary>The end of the array.</summary>
    public Task EndAsync()
    {
        Write("]"u8);
        return FlushAsync();
    }

    /// <summary>A member with bytes in hex.</summary>
    /// <param name="before">What stands before the digits, from the comma or brace on: <c>,"signature":"0x</c>.</param>
    /// <param name="bytes">The value.</param>
    public void Hex(ReadOnlySpan<byte> before, ReadOnlySpan<byte> bytes)
    {
        var length = before.Length + (2 * bytes.Length) + 1;
        var span = _pipe!.GetSpan(length);
        before.CopyTo(span);
        _ = Convert.TryToHexStringLower(bytes, span[before.Length..], out _);
        span[length - 1] = (byte)'"';
        Advance(length);
    }

    /// <summary>A member with a number as a decimal string; <paramref name="before"/> as of <see cref="Hex"/>.</summary>
    public void Number(ReadOnlySpan<byte> before, ulong number)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        Write(before);
        Write(digits[..length]);
        Write("\""u8);
    }

    /// <summary>The member that says why there is no signature.</summary>
    public void Error(SignBatchError error)
    {
        Write(",\"error\":"u8);
        Write(JsonSerializer.SerializeToUtf8Bytes(error, SignBatchContext.Default.SignBatchError));
    }

    private void Begin()
    {
        var isFirst = _pipe is null;
        _pipe ??= ApiResponse.BeginDocument(_context);
        Write(isFirst ? "[{"u8 : ",{"u8);
    }

    private void Write(ReadOnlySpan<byte> utf8)
    {
        _pipe!.Write(utf8);
        _pending += utf8.Length;
    }

    private void Advance(int length)
    {
        _pipe!.Advance(length);
        _pending += length;
    }

    private async Task FlushAsync()
    {
        _pending = 0;
        try
        {
            _ = await _pipe!.FlushAsync(_over.Token);
        }
        catch (OperationCanceledException) when (!_context.RequestAborted.IsCancellationRequested)
        {
            // The rest of it will not come, and the client must not take what it has for the whole.
            _context.Abort();
            throw;
        }
    }

    public void Dispose() => _over.Dispose();
}
