using System.Text;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Changes the one member of a lock's text that no hash covers, and leaves every other byte as Charon wrote it.</summary>
public static class LockText
{
    /// <summary>The text of a lock that was read, from v1.2 on, with another <c>signature_aggregate</c>.</summary>
    public static byte[] WithAggregate(ReadOnlySpan<byte> json, BlsSignature aggregate)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals("signature_aggregate"u8);
            reader.Read();
            var from = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isIt)
            {
                return [.. json[..from], .. Encoding.ASCII.GetBytes($"\"{aggregate}\""), .. json[(int)reader.BytesConsumed..]];
            }
        }

        throw new ClusterFileException(ClusterFileFault.Malformed, "signature_aggregate is missing", "restore the file as it was made");
    }
}
