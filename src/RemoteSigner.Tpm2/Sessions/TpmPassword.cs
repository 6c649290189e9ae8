namespace RemoteSigner.Tpm2;

/// <summary>
/// TPM_RS_PW: the authorization value itself is sent, readable to whoever listens. For empty values, and where nobody can listen.
/// </summary>
public sealed class TpmPassword : TpmAuthorization, IDisposable
{
    private const uint Handle = 0x40000009;
    private const byte ContinueSession = 1;

    private readonly PinnedBytes _value;

    public TpmPassword(ReadOnlySpan<byte> value) => _value = PinnedBytes.Of(value);

    /// <summary>The empty authorization value, which nothing needs to hide.</summary>
    public static TpmPassword Empty { get; } = new([]);

    public void Dispose() => _value.Dispose();

    internal override void WriteCommand(ref TpmWriter writer, ReadOnlySpan<byte> cpHash, ReadOnlySpan<byte> otherNonces)
    {
        writer.UInt32(Handle);
        writer.Sized([]);
        writer.UInt8(ContinueSession);
        writer.Sized(_value.Span);
    }

    internal override void CheckResponse(ref TpmReader reader, ReadOnlySpan<byte> rpHash, TpmCc command)
    {
        reader.Sized();
        reader.UInt8();
        reader.Sized();
    }
}
