using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>A whole command (Part 1 §18): tag, size, code, handles, the authorizations if there are any, parameters.</summary>
internal static class CommandFrame
{
    public const ushort NoSessions = 0x8001,
        Sessions = 0x8002;

    /// <summary>Writes it to <paramref name="frame"/>; its length.</summary>
    public static int Write(
        Span<byte> frame,
        TpmCc command,
        ReadOnlySpan<TpmEntity> handles,
        ReadOnlySpan<TpmAuthorization> authorizations,
        SessionLayer sessions,
        ReadOnlySpan<byte> parameters
    )
    {
        var writer = new TpmWriter(frame);
        writer.UInt16(authorizations.IsEmpty ? NoSessions : Sessions);
        writer.UInt32(0);
        writer.UInt32((uint)command);
        foreach (var handle in handles)
        {
            writer.UInt32(handle.Handle);
        }

        if (!authorizations.IsEmpty)
        {
            WriteAuthorizations(ref writer, ParameterHash(command, handles, parameters), authorizations, sessions);
        }

        writer.Bytes(parameters);
        BinaryPrimitives.WriteInt32BigEndian(frame[2..], writer.Length);
        return writer.Length;
    }

    private static void WriteAuthorizations(
        ref TpmWriter writer,
        byte[] cpHash,
        ReadOnlySpan<TpmAuthorization> authorizations,
        SessionLayer sessions
    )
    {
        var start = writer.BeginSized32();
        for (var position = 0; position < authorizations.Length; position++)
        {
            authorizations[position].WriteCommand(ref writer, cpHash, sessions.OtherNonces(authorizations, position));
        }

        writer.EndSized32(start);
    }

    /// <summary>cpHash (Part 1 §18.7): code, Names of the handles, parameters as they are sent.</summary>
    private static byte[] ParameterHash(TpmCc command, ReadOnlySpan<TpmEntity> handles, ReadOnlySpan<byte> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> code = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(code, (uint)command);
        hash.AppendData(code);
        foreach (var handle in handles)
        {
            hash.AppendData(handle.Name.Bytes);
        }

        hash.AppendData(parameters);
        return hash.GetHashAndReset();
    }
}
