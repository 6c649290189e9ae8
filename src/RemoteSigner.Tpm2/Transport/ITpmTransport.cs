namespace RemoteSigner.Tpm2;

/// <summary>The way to a TPM: one command goes, one response comes back. <see cref="Tpm"/> calls it from one thread at a time.</summary>
public interface ITpmTransport : IDisposable
{
    /// <summary>
    /// Does somebody between here and the TPM keep the clients' objects and sessions apart? Then stale ones are not ours to flush.
    /// </summary>
    bool HasResourceManager { get; }

    /// <summary>Sends a whole command and fills <paramref name="response"/> with the whole answer; its length.</summary>
    /// <exception cref="TpmTransportException">No answer. After it (but for a rejected command) the transport is closed.</exception>
    int Transact(ReadOnlySpan<byte> command, Span<byte> response, TimeSpan timeout);
}
