using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using RemoteSigner.Keys;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Control;

/// <summary>
/// Keystores with their passwords as the signer that runs reads them (the Keymanager API's body, and names), in memory that is zeroed when
/// it is disposed.
/// </summary>
internal sealed class KeystoreBody : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private int _length;

    public ReadOnlyMemory<byte> Utf8 => _bytes.AsMemory(0, _length);

    /// <exception cref="KeystoreException">One cannot be read.</exception>
    public static async Task<KeystoreBody> MakeAsync(IReadOnlyList<IKeystoreSource> keystores, Stream? history, SecretArena arena)
    {
        byte[]? text = null;
        if (history is not null)
        {
            using var copy = new MemoryStream();
            await history.CopyToAsync(copy);
            text = copy.ToArray();
        }

        var body = new KeystoreBody();
        try
        {
            body.Write(keystores, text, arena);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private void Write(IReadOnlyList<IKeystoreSource> keystores, byte[]? history, SecretArena arena)
    {
        using var json = new Utf8JsonWriter(this, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        WriteList(json, "names", keystores, one => json.WriteStringValue(one.Name));
        WriteList(json, "labels", keystores, one => json.WriteStringValue(one.Label));
        WriteList(json, "keystores", keystores, one => json.WriteStringValue(one.ReadJson()));
        WriteList(json, "passwords", keystores, one =>
        {
            using var password = one.ReadPassword(arena);
            json.WriteStringValue(password.Span);
        });
        if (history is not null)
        {
            json.WriteString("slashing_protection", history);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<IKeystoreSource> keystores, Action<IKeystoreSource> write)
    {
        json.WriteStartArray(name);
        foreach (var one in keystores)
        {
            write(one);
            json.Flush();
        }

        json.WriteEndArray();
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - _length >= more)
        {
            return;
        }

        var larger = GC.AllocateUninitializedArray<byte>(Math.Max(2 * _bytes.Length, _length + more), pinned: true);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        CryptographicOperations.ZeroMemory(_bytes);
        _bytes = larger;
    }
}
