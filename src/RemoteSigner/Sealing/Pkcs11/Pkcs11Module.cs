using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.LowLevelAPI80;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>
/// One loaded PKCS#11 library. <c>C_Initialize</c> counts for the whole process, so there is one of these per path, it is never unloaded,
/// and each initialisation raises <see cref="Epoch"/>: sessions of an earlier epoch are dead. All calls are made from a
/// <see cref="Pkcs11Worker"/>.
/// </summary>
internal sealed class Pkcs11Module
{
    private static readonly ConcurrentDictionary<string, Pkcs11Module> Loaded = new();

    private readonly string _path;
    private readonly Lock _gate = new();
    private int _callsInside;
    private Pkcs11Library? _library;

    // The package asks for "libdl", which glibc 2.34 and later has only as libdl.so.2.
    static Pkcs11Module() =>
        NativeLibrary.SetDllImportResolver(typeof(Pkcs11Library).Assembly, static (name, _, _) =>
            name == "libdl" ? NativeLibrary.Load("libdl.so.2") : 0
        );

    private Pkcs11Module(string path) => _path = path;

    /// <summary>Raised by each initialisation; 0 before the first.</summary>
    internal long Epoch { get; private set; }

    internal Pkcs11Library Library => _library ?? throw new InvalidOperationException("the module is used before it is loaded");

    internal static Pkcs11Module At(string path) => Loaded.GetOrAdd(Path.GetFullPath(path), full => new Pkcs11Module(full));

    /// <summary>Makes calls that must not overlap a restart; loads and initialises the library first if need be.</summary>
    internal T Call<T>(Func<T> calls)
    {
        lock (_gate)
        {
            EnsureLoaded();
            _callsInside++;
        }

        try
        {
            return calls();
        }
        finally
        {
            lock (_gate)
            {
                _callsInside--;
            }
        }
    }

    /// <summary>
    /// C_Finalize and C_Initialize, the last rung of recovery; nothing when somebody did it since <paramref name="seenEpoch"/>, and nothing
    /// while a call is inside the module, perhaps for ever (finalising under it is undefined, PKCS#11 v3.0 §5.4).
    /// </summary>
    internal void Restart(long seenEpoch)
    {
        lock (_gate)
        {
            if (_library is not null && _callsInside == 0 && Epoch == seenEpoch)
            {
                // The answer of C_Finalize says nothing: after a loss it is an error as often as not.
                _ = _library.C_Finalize(IntPtr.Zero);
                Initialise();
            }
        }
    }

    /// <summary>
    /// Finds the one slot whose token has this label and, when given, this serial number. Slot numbers change; labels do not.
    /// </summary>
    internal ulong FindSlot(string label, string? serial)
    {
        var slots = PresentSlots().Where(slot => Matches(slot, label, serial)).ToList();
        return slots.Count switch
        {
            1 => slots[0],
            0 => throw new TokenException(
                TokenFault.TokenAbsent,
                $"no token with the label '{label}'{Serial(serial)} is present",
                "check the label with: pkcs11-tool --module PATH --list-slots"
            ),
            _ => throw new TokenException(
                TokenFault.TokenAmbiguous,
                $"{slots.Count} tokens have the label '{label}'{Serial(serial)}",
                "choose one by its serial number, with --serial or as seal.serial in signer.json: "
                    + $"{string.Join(", ", slots.Select(slot => Text(TokenInfo(slot).SerialNumber)))}"
            ),
        };
    }

    internal CK_TOKEN_INFO TokenInfo(ulong slot)
    {
        var token = default(CK_TOKEN_INFO);
        ReturnValue.Check(Library.C_GetTokenInfo(slot, ref token), "read the token's description");
        return token;
    }

    /// <summary>Who made the module; empty where it does not say.</summary>
    internal string Manufacturer()
    {
        var info = default(CK_INFO);
        return Library.C_GetInfo(ref info) == CKR.CKR_OK ? Text(info.ManufacturerId) : "";
    }

    internal static string Text(byte[] padded) => Encoding.UTF8.GetString(padded).TrimEnd(' ', '\0');

    private static string Serial(string? serial) => serial is null ? "" : $" and the serial number '{serial}'";

    private bool Matches(ulong slot, string label, string? serial)
    {
        var token = default(CK_TOKEN_INFO);
        return Library.C_GetTokenInfo(slot, ref token) == CKR.CKR_OK
            && Text(token.Label) == label
            && (serial is null || Text(token.SerialNumber) == serial);
    }

    private ulong[] PresentSlots()
    {
        ulong count = 0;
        ReturnValue.Check(Library.C_GetSlotList(true, null!, ref count), "list the slots");
        var slots = new ulong[count];
        ReturnValue.Check(Library.C_GetSlotList(true, slots, ref count), "list the slots");
        return slots[..(int)count];
    }

    private void EnsureLoaded()
    {
        if (Epoch == 0)
        {
            _library ??= Load();
            Initialise();
        }
    }

    private Pkcs11Library Load()
    {
        if (!File.Exists(_path))
        {
            throw new TokenException(
                TokenFault.ModuleMissing,
                $"there is no PKCS#11 module at {_path}",
                "install the vendor's library, or give its path with --module"
            );
        }

        try
        {
            return new Pkcs11Library(_path);
        }
        catch (Exception e)
            when (e
                    is UnmanagedException
                        or LibraryArchitectureException
                        or BadImageFormatException
                        or DllNotFoundException
                        or Pkcs11Exception
            )
        {
            throw new TokenException(
                TokenFault.ModuleNotLoadable,
                $"cannot load the PKCS#11 module {_path}: {e.Message}",
                $"check that it is built for this machine and that 'ldd {_path}' finds everything",
                e
            );
        }
    }

    private void Initialise()
    {
        var answer = Library.C_Initialize(new CK_C_INITIALIZE_ARGS { Flags = CKF.CKF_OS_LOCKING_OK });
        if (answer is CKR.CKR_DEVICE_ERROR or CKR.CKR_DEVICE_REMOVED || (Epoch > 0 && answer != CKR.CKR_OK))
        {
            throw ReturnValue.Fault(answer, $"initialise the PKCS#11 module {_path}");
        }

        if (answer is not (CKR.CKR_OK or CKR.CKR_CRYPTOKI_ALREADY_INITIALIZED))
        {
            throw new TokenException(
                TokenFault.ModuleNotLoadable,
                $"the PKCS#11 module {_path} does not initialise: {answer}",
                "check the vendor's configuration file and the environment variable that names it",
                answer
            );
        }

        Epoch++;
    }
}
