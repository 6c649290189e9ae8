using System.Diagnostics;
using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>A keystore could not be read or opened. Carries neither password nor key.</summary>
public sealed class KeystoreException : OperatorException
{
    public KeystoreException(KeystoreFault fault, string message, string hint, Exception? innerException = null)
        : base(message, hint, innerException) => Fault = fault;

    /// <summary>The kind of trouble.</summary>
    public KeystoreFault Fault { get; }
}

/// <summary>What can be wrong with a keystore.</summary>
public enum KeystoreFault
{
    /// <summary>The checksum differs: another password, or a changed file.</summary>
    WrongPassword,

    /// <summary>The secret is not that of the public key in the file.</summary>
    ForeignPublicKey,

    /// <summary>Not JSON, or a member is missing or unlawful.</summary>
    Malformed,

    /// <summary>A version, key derivation or cipher other than EIP-2335 version 4 has.</summary>
    Unsupported,

    /// <summary>To open it takes more memory than is lent to it.</summary>
    WantsMoreMemory,

    /// <summary>The same key was given twice.</summary>
    Duplicate,

    /// <summary>The keystore file cannot be read, or there is none.</summary>
    Unreadable,

    /// <summary>The password is missing, too long, empty or not UTF-8.</summary>
    PasswordUnreadable,
}

/// <summary>The error code of a fault: a member may be renamed, its code not.</summary>
public static class KeystoreFaultCodes
{
    public static string Code(this KeystoreFault fault) =>
        fault switch
        {
            KeystoreFault.WrongPassword => "wrong_password",
            KeystoreFault.ForeignPublicKey => "foreign_public_key",
            KeystoreFault.Malformed => "malformed",
            KeystoreFault.Unsupported => "unsupported",
            KeystoreFault.WantsMoreMemory => "wants_more_memory",
            KeystoreFault.Duplicate => "duplicate",
            KeystoreFault.Unreadable => "unreadable",
            KeystoreFault.PasswordUnreadable => "password_unreadable",
            _ => throw new UnreachableException($"the fault {fault} has no code"),
        };
}
