using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.LowLevelAPI80;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>
/// One logged-in PKCS#11 session, used by one thread only: sessions shared by threads fail with <c>CKR_OPERATION_ACTIVE</c>.
/// After any error it must be thrown away, because the failed operation may still be active in it.
/// </summary>
internal sealed class Pkcs11Session : IDisposable
{
    private readonly Pkcs11Module _module;
    private readonly ulong _slot;
    private readonly ulong _handle;
    private readonly TokenCounters _counters;

    private Pkcs11Session(Pkcs11Module module, ulong slot, bool readWrite, string serial, TokenMaker maker, TokenCounters counters)
    {
        (_module, _slot, Epoch, Serial, Maker, _counters) = (module, slot, module.Epoch, serial, maker, counters);
        ReturnValue.Check(
            module.Library.C_OpenSession(slot, CKF.CKF_SERIAL_SESSION | (readWrite ? CKF.CKF_RW_SESSION : 0), 0, 0, ref _handle),
            "open a session"
        );
    }

    internal long Epoch { get; }

    /// <summary>The token's serial number as it gives it.</summary>
    internal string Serial { get; }

    internal TokenMaker Maker { get; }

    /// <summary>Opens a session with the token and logs in.</summary>
    internal static Pkcs11Session Open(Pkcs11Module module, TokenAddress address, bool readWrite, TokenPin pin, TokenCounters counters)
    {
        var slot = module.FindSlot(address.Label, address.Serial);
        var token = module.TokenInfo(slot);
        var maker = new TokenMaker(module.Manufacturer(), Pkcs11Module.Text(token.ManufacturerId), Pkcs11Module.Text(token.Model));
        var session = new Pkcs11Session(module, slot, readWrite, Pkcs11Module.Text(token.SerialNumber), maker, counters);
        try
        {
            if (pin.IsWanted)
            {
                session.Login(pin, token.Flags);
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>A second session that may make and destroy keys; the login counts for all sessions of this process.</summary>
    internal Pkcs11Session OpenReadWrite() => new(_module, _slot, readWrite: true, Serial, Maker, _counters);

    /// <summary>Finds the one object of this class and <c>CKA_ID</c>; 0 when there is none.</summary>
    internal ulong Find(CKO kind, ReadOnlySpan<byte> id)
    {
        var wanted = new Template().With(CKA.CKA_CLASS, (ulong)kind).With(CKA.CKA_ID, id);
        ReturnValue.Check(_module.Library.C_FindObjectsInit(_handle, wanted.Attributes, wanted.Count), "look for a key");
        var found = new ulong[2];
        ulong count = 0;
        ReturnValue.Check(_module.Library.C_FindObjects(_handle, found, (ulong)found.Length, ref count), "look for a key");
        ReturnValue.Check(_module.Library.C_FindObjectsFinal(_handle), "look for a key");
        GC.KeepAlive(wanted);
        return count == 1 ? found[0] : 0;
    }

    /// <summary>All data objects with this label.</summary>
    /// <summary>Data objects with this label; null: with any. At most 4096 of them.</summary>
    internal List<ulong> FindData(string? label)
    {
        var wanted = new Template().With(CKA.CKA_CLASS, (ulong)CKO.CKO_DATA);
        wanted = label is null ? wanted : wanted.With(CKA.CKA_LABEL, label);
        ReturnValue.Check(_module.Library.C_FindObjectsInit(_handle, wanted.Attributes, wanted.Count), "look for a data object");
        var (some, found) = (new ulong[16], new List<ulong>());
        ulong count;
        do
        {
            count = 0;
            ReturnValue.Check(_module.Library.C_FindObjects(_handle, some, (ulong)some.Length, ref count), "look for a data object");
            found.AddRange(some.Take((int)count));
        } while (count > 0 && found.Count < 4096);
        ReturnValue.Check(_module.Library.C_FindObjectsFinal(_handle), "look for a data object");
        GC.KeepAlive(wanted);
        return found;
    }

    internal ulong CreateObject(Template template)
    {
        ulong made = 0;
        ReturnValue.Check(_module.Library.C_CreateObject(_handle, template.Attributes, template.Count, ref made), "write a data object");
        GC.KeepAlive(template);
        return made;
    }

    /// <summary>Like <see cref="Find"/>, but a missing key is a fault.</summary>
    internal ulong Get(CKO kind, ReadOnlySpan<byte> id)
    {
        var key = Find(kind, id);
        return key != 0
            ? key
            : throw new TokenException(
                TokenFault.KeyAbsent,
                $"the token has no {Name(kind)} with the id {Convert.ToHexStringLower(id)}",
                "use the token the vault was sealed with, or open it through another slot"
            );
    }

    internal byte[] ReadAttribute(ulong key, CKA attribute) =>
        TryReadAttribute(key, attribute) ?? throw ReturnValue.Fault(CKR.CKR_OBJECT_HANDLE_INVALID, $"read {attribute}");

    /// <summary>Null when the object is gone.</summary>
    internal byte[]? TryReadAttribute(ulong key, CKA attribute)
    {
        var value = Template.Pinned(new byte[1024]);
        CK_ATTRIBUTE[] wanted =
        [
            new()
            {
                type = (ulong)attribute,
                value = Template.Address(value),
                valueLen = (ulong)value.Length,
            },
        ];
        var answer = _module.Library.C_GetAttributeValue(_handle, key, wanted, 1);
        GC.KeepAlive(value);
        if (answer is CKR.CKR_OBJECT_HANDLE_INVALID or CKR.CKR_ATTRIBUTE_VALUE_INVALID)
        {
            // The second from SoftHSM, where another process takes the object away during the call.
            return null;
        }

        ReturnValue.Check(answer, $"read {attribute}");
        return value[..(int)wanted[0].valueLen];
    }

    internal ulong GenerateKey(Mechanism mechanism, Template template)
    {
        ulong key = 0;
        var value = mechanism.Value;
        ReturnValue.Check(
            _module.Library.C_GenerateKey(_handle, ref value, template.Attributes, template.Count, ref key),
            "make a secret key"
        );
        GC.KeepAlive(template);
        return key;
    }

    internal void GenerateKeyPair(Mechanism mechanism, Template publicKey, Template privateKey)
    {
        ulong first = 0,
            second = 0;
        var value = mechanism.Value;
        ReturnValue.Check(
            _module.Library.C_GenerateKeyPair(
                _handle,
                ref value,
                publicKey.Attributes,
                publicKey.Count,
                privateKey.Attributes,
                privateKey.Count,
                ref first,
                ref second
            ),
            "make a key pair"
        );
        GC.KeepAlive(publicKey);
        GC.KeepAlive(privateKey);
    }

    internal void Destroy(ulong key) => ReturnValue.Check(_module.Library.C_DestroyObject(_handle, key), "destroy an object");

    /// <summary>The same where another process may have done it already.</summary>
    internal void TryDestroy(ulong key)
    {
        if (_module.Library.C_DestroyObject(_handle, key) is var answer and not CKR.CKR_OBJECT_HANDLE_INVALID)
        {
            ReturnValue.Check(answer, "destroy an object");
        }
    }

    /// <summary>Encrypts at most a few hundred bytes in the token.</summary>
    internal byte[] Encrypt(Mechanism mechanism, ulong key, SecretBytes plain)
    {
        var input = Template.Pinned(plain.Span);
        try
        {
            var output = new byte[plain.Length + 256];
            var length = (ulong)output.Length;
            var value = mechanism.Value;
            Interlocked.Increment(ref _counters.Operations);
            ReturnValue.Check(_module.Library.C_EncryptInit(_handle, ref value, key), "encrypt");
            ReturnValue.Check(_module.Library.C_Encrypt(_handle, input, (ulong)input.Length, output, ref length), "encrypt");
            mechanism.KeepAlive();
            return output[..(int)length];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
        }
    }

    /// <summary>Decrypts into secret memory; the module writes into a pinned array that is zeroed before this returns.</summary>
    internal SecretBytes Decrypt(Mechanism mechanism, ulong key, byte[] cipher, SecretArena arena)
    {
        var output = GC.AllocateUninitializedArray<byte>(Math.Max(cipher.Length, 512), pinned: true);
        try
        {
            var length = (ulong)output.Length;
            var value = mechanism.Value;
            Interlocked.Increment(ref _counters.Operations);
            ReturnValue.Check(_module.Library.C_DecryptInit(_handle, ref value, key), "decrypt");
            ReturnValue.CheckOpened(_module.Library.C_Decrypt(_handle, cipher, (ulong)cipher.Length, output, ref length));
            mechanism.KeepAlive();
            return CopyOut(output, length, arena);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(output);
        }
    }

    // The answer does not matter: the session may be gone already. After a restart its number may belong to another session.
    public void Dispose() => _module.Call(() => Epoch == _module.Epoch ? _module.Library.C_CloseSession(_handle) : CKR.CKR_OK);

    private static SecretBytes CopyOut(byte[] output, ulong length, SecretArena arena)
    {
        if (length is 0 || length > (ulong)output.Length)
        {
            throw ReturnValue.Fault(CKR.CKR_ENCRYPTED_DATA_INVALID, "decrypt");
        }

        var plain = arena.Allocate((int)length);
        output.AsSpan(0, (int)length).CopyTo(plain.Span);
        return plain;
    }

    private static string Name(CKO kind) =>
        kind switch
        {
            CKO.CKO_SECRET_KEY => "secret key",
            CKO.CKO_PRIVATE_KEY => "private key",
            _ => "public key",
        };

    private void Login(TokenPin pin, ulong flags)
    {
        pin.RefuseLocked(flags);
        pin.Send(sent =>
        {
            Interlocked.Increment(ref _counters.LoginAttempts);
            return _module.Library.C_Login(_handle, CKU.CKU_USER, sent, (ulong)sent.Length);
        });
    }
}
