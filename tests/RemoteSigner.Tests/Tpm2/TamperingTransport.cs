using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

/// <summary>Somebody on the bus: he keeps a copy of all that passes, and may change it.</summary>
internal sealed class TamperingTransport(ITpmTransport transport) : ITpmTransport
{
    private readonly List<byte> _copy = [];

    /// <summary>A command of somebody else's, to be executed before this one; null: none.</summary>
    public Func<byte[], byte[]?>? SendFirst { get; set; }

    public Action<byte[]>? ChangeCommand { get; set; }

    public Action<byte[]>? ChangeResponse { get; set; }

    /// <summary>Answers in the TPM's place with a bare response code, as often as there are some.</summary>
    public Queue<uint> Answers { get; } = new();

    public bool HasResourceManager { get; set; } = transport.HasResourceManager;

    public int Transact(ReadOnlySpan<byte> command, Span<byte> response, TimeSpan timeout)
    {
        if (Answers.TryDequeue(out var code))
        {
            byte[] refusal =
            [
                0x80,
                0x01,
                0,
                0,
                0,
                10,
                (byte)(code >> 24),
                (byte)(code >> 16 & 0xFF),
                (byte)(code >> 8 & 0xFF),
                (byte)(code & 0xFF),
            ];
            refusal.CopyTo(response);
            return refusal.Length;
        }

        var sent = command.ToArray();
        if (
            SendFirst?.Invoke(sent) is { } other
            && transport.Transact(other, response, timeout) is var answered
            && !response[6..answered][..4].SequenceEqual(new byte[4])
        )
        {
            throw new InvalidOperationException($"somebody else's command was answered 0x{Convert.ToHexString(response[6..10])}");
        }

        ChangeCommand?.Invoke(sent);
        var length = transport.Transact(sent, response, timeout);
        var received = response[..length].ToArray();
        ChangeResponse?.Invoke(received);
        received.CopyTo(response);
        _copy.AddRange(sent);
        _copy.AddRange(received);
        return length;
    }

    public bool Carried(ReadOnlySpan<byte> bytes) => _copy.ToArray().AsSpan().IndexOf(bytes) >= 0;

    public void Dispose() => transport.Dispose();
}
