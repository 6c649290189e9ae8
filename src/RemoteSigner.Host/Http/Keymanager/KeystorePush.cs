using System.Text.Json;
using RemoteSigner.Keys;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The body of <c>POST /eth/v1/keystores</c>: <c>keystores</c> and <c>passwords</c>, as many of one as of the other, and EIP-3076 history
/// as text in <c>slashing_protection</c>; the console adds <c>names</c> and <c>labels</c>. Passwords go from the body into secret memory
/// and are never text.
/// </summary>
internal sealed class KeystorePush : IDisposable
{
    public const int MaxKeystores = 10_000;

    private readonly List<SecretBytes> _passwords = [];
    private readonly List<byte[]> _keystores = [];

    private readonly List<string> _names = [];
    private readonly List<string> _labels = [];
    private readonly bool _isNamed;

    private KeystorePush(bool isNamed) => _isNamed = isNamed;

    public IReadOnlyList<PushedKeystore> Keystores { get; private set; } = [];

    /// <summary>The interchange file; null when none was sent.</summary>
    public byte[]? History { get; private set; }

    /// <summary>Reads a body.</summary>
    /// <param name="isNamed">Does it say what each keystore is called, and what its key is to be called? Else the one is its place in the
    /// body, and the other not its sender's to say.</param>
    /// <exception cref="JsonException">It is not such a body; the message names the member and nothing of its value.</exception>
    public static KeystorePush Read(ReadOnlySpan<byte> utf8, SecretArena arena, bool isNamed = false)
    {
        var push = new KeystorePush(isNamed);
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 16 });
            push.ReadMembers(ref reader, arena);
            push.Pair();
            return push;
        }
        // The reader's word for text that is not UTF-8.
        catch (InvalidOperationException e)
        {
            push.Dispose();
            throw new JsonException("a text is not UTF-8", e);
        }
        catch
        {
            push.Dispose();
            throw;
        }
    }

    public void Dispose() => _passwords.ForEach(password => password.Dispose());

    private void ReadMembers(ref Utf8JsonReader reader, SecretArena arena)
    {
        var seen = new HashSet<string>();
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "the body is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.ValueSpan.Length <= 64 ? reader.GetString()! : "";
            Expect(seen.Add(member), $"{member} stands twice");
            Expect(reader.Read(), "the body ends too early");
            switch (member)
            {
                case "keystores":
                    ReadList(ref reader, member, (ref one) => _keystores.Add(Unescape(ref one)));
                    break;
                case "passwords":
                    ReadList(ref reader, member, (ref one) => _passwords.Add(Password(ref one, arena)));
                    break;
                case "names" when _isNamed:
                    ReadList(ref reader, member, (ref one) => _names.Add(one.GetString()!));
                    break;
                case "labels" when _isNamed:
                    ReadList(ref reader, member, (ref one) => _labels.Add(one.GetString()!));
                    break;
                case "slashing_protection":
                    History = ReadHistory(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        Expect(!reader.Read(), "something follows the object");
    }

    private static void ReadList(ref Utf8JsonReader reader, string member, TakeText take)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, $"{member} is not a list");
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(reader.TokenType == JsonTokenType.String, $"{member}[{count}] is not text");
            Expect(++count <= MaxKeystores, $"{member} has more than {MaxKeystores}");
            take(ref reader);
        }
    }

    private static byte[]? ReadHistory(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType is JsonTokenType.String or JsonTokenType.Null, "slashing_protection is not text");
        return reader.TokenType == JsonTokenType.Null || reader.ValueSpan.IsEmpty ? null : Unescape(ref reader);
    }

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        var buffer = new byte[reader.ValueSpan.Length];
        return buffer[..reader.CopyString(buffer)];
    }

    private static SecretBytes Password(ref Utf8JsonReader reader, SecretArena arena)
    {
        // An escape takes at most six bytes for one.
        Expect(
            reader.ValueSpan.Length is > 0 and <= 6 * KeystorePassword.MaxBytes,
            $"a password is empty, or has more than {KeystorePassword.MaxBytes} bytes"
        );
        using var buffer = arena.Allocate(reader.ValueSpan.Length);
        var length = reader.CopyString(buffer.Span);
        var password = arena.Allocate(length);
        buffer.Span[..length].CopyTo(password.Span);
        return password;
    }

    private void Pair()
    {
        Expect(_keystores.Count > 0, "keystores is missing or empty");
        Expect(_keystores.Count == _passwords.Count, $"there are {_keystores.Count} keystores and {_passwords.Count} passwords");
        Expect(!_isNamed || _names.Count == _keystores.Count, $"there are {_keystores.Count} keystores and {_names.Count} names");
        Expect(!_isNamed || _labels.Count == _keystores.Count, $"there are {_keystores.Count} keystores and {_labels.Count} labels");
        Keystores =
        [
            .. _keystores
                .Zip(_passwords, (keystore, password) => (keystore, password))
                .Select(
                    (pair, i) =>
                        new PushedKeystore(
                            _isNamed ? _names[i] : $"keystores[{i}]",
                            _isNamed ? KeyLabel.Of(_labels[i]) : PushLabels.Keymanager,
                            pair.keystore,
                            pair.password
                        )
                ),
        ];
    }

    private static void Expect(bool holds, string complaint)
    {
        if (!holds)
        {
            throw new JsonException(complaint);
        }
    }

    private delegate void TakeText(ref Utf8JsonReader reader);
}
