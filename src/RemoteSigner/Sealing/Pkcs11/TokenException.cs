using Net.Pkcs11Interop.Common;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>A PKCS#11 token could not do what was asked. Carries no secret and is fit for an operator to read.</summary>
public sealed class TokenException : SealingDeviceException
{
    public TokenException(TokenFault fault, string message, string hint, Exception? innerException = null)
        : base(message, hint, innerException) => Fault = fault;

    internal TokenException(TokenFault fault, string message, string hint, CKR code)
        : this(fault, message, hint) => Code = code;

    /// <summary>The kind of trouble.</summary>
    public TokenFault Fault { get; }

    public override bool MayPass =>
        Fault is TokenFault.TokenAbsent or TokenFault.DeviceLost or TokenFault.Hung or TokenFault.CircuitOpen or TokenFault.Refused;

    /// <summary>The return value of the module, when there was one.</summary>
    internal CKR? Code { get; }

    /// <summary>The answer to an operation on sealed bytes, and one that tokens may give to bad ones.</summary>
    internal bool MayBeOfInput { get; init; }
}
