namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>What is wrong with a PKCS#11 token, in the words an operator acts on.</summary>
public enum TokenFault
{
    /// <summary>There is no file at the module's path.</summary>
    ModuleMissing,

    /// <summary>The file is no PKCS#11 module, or <c>C_Initialize</c> refused its configuration.</summary>
    ModuleNotLoadable,

    /// <summary>No slot holds a token of this label (and serial number).</summary>
    TokenAbsent,

    /// <summary>More than one slot does.</summary>
    TokenAmbiguous,

    /// <summary>The token has no key of this id and kind, or not exactly one.</summary>
    KeyAbsent,

    /// <summary>The PIN is wrong or of a wrong length. It is never sent again until a person gives another.</summary>
    WrongPin,

    /// <summary>The token has locked the PIN, or has one try left which only a person should spend.</summary>
    PinLocked,

    /// <summary>The PIN must be changed with the vendor's tool first.</summary>
    PinExpired,

    /// <summary>The token does not have the mechanism, or not with these parameters.</summary>
    MechanismNotOffered,

    /// <summary>The token is well, but these sealed bytes are not what its key made.</summary>
    InputRefused,

    /// <summary>The device, its session or the way to it is gone.</summary>
    DeviceLost,

    /// <summary>A call did not come back in time.</summary>
    Hung,

    /// <summary>So many calls failed in a row that none is made for a while.</summary>
    CircuitOpen,

    /// <summary>The token refused for another reason; the code is in the message.</summary>
    Refused,
}
