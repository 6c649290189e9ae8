using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>The answer to a command that succeeded, checked and decrypted; zeroed when disposed.</summary>
internal sealed class TpmResponse : IDisposable
{
    private readonly PinnedBytes _parameters;

    private TpmResponse(uint handle, PinnedBytes parameters) => (Handle, _parameters) = (handle, parameters);

    /// <summary>The handle of what was loaded, made or started; 0 where the command returns none.</summary>
    public uint Handle { get; }

    public TpmReader Reader => new(_parameters.Span);

    public static TpmResponseCode CodeOf(ReadOnlySpan<byte> response) =>
        response.Length >= ResponseHeader.Size
            ? new(BinaryPrimitives.ReadUInt32BigEndian(response[6..]))
            : throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"a response has only {response.Length} bytes");

    /// <exception cref="TpmIntegrityException">Malformed, or a session's HMAC is wrong.</exception>
    public static TpmResponse Read(
        TpmCc command,
        CommandShape shape,
        ReadOnlySpan<byte> response,
        ReadOnlySpan<TpmAuthorization> authorizations,
        SessionLayer sessions
    )
    {
        var reader = new TpmReader(response);
        var tag = reader.UInt16();
        reader.Bytes(ResponseHeader.Size - 2);
        var handle = shape.ReturnsHandle ? reader.UInt32() : 0;
        // A command with sessions is answered with sessions; an answer without them would go unchecked.
        if (tag != (authorizations.IsEmpty ? CommandFrame.NoSessions : CommandFrame.Sessions))
        {
            throw new TpmIntegrityException(
                TpmIntegrityFault.ResponseHmac,
                $"the answer to TPM2_{command} has the tag 0x{tag:X4}: its authorization area was taken away or added"
            );
        }

        var parameters = authorizations.IsEmpty ? reader.Rest : reader.Bytes((int)Math.Min(reader.UInt32(), int.MaxValue));
        Check(command, authorizations, parameters, ref reader);
        var copy = PinnedBytes.Of(parameters);
        sessions.Encrypting?.DecryptParameter(SessionLayer.FirstParameter(copy.Span));
        return new TpmResponse(handle, copy);
    }

    public void Dispose() => _parameters.Dispose();

    private static void Check(
        TpmCc command,
        ReadOnlySpan<TpmAuthorization> authorizations,
        ReadOnlySpan<byte> parameters,
        ref TpmReader reader
    )
    {
        if (authorizations.IsEmpty)
        {
            return;
        }

        var rpHash = ParameterHash(command, parameters);
        foreach (var authorization in authorizations)
        {
            authorization.CheckResponse(ref reader, rpHash, command);
        }

        reader.End();
    }

    /// <summary>rpHash (Part 1 §18.8): the response code, which is 0, the command's code, the parameters as they came.</summary>
    private static byte[] ParameterHash(TpmCc command, ReadOnlySpan<byte> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> codes = stackalloc byte[8];
        codes.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(codes[4..], (uint)command);
        hash.AppendData(codes);
        hash.AppendData(parameters);
        return hash.GetHashAndReset();
    }
}
