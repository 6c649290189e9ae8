using System.Diagnostics;

namespace RemoteSigner.Access;

/// <summary>What an SSV node may be allowed to ask for at the endpoints of ssv-signer; each is granted by name.</summary>
public enum SsvRight
{
    /// <summary>See the public keys of the shares it may use.</summary>
    List,

    /// <summary>Bring in shares that are encrypted to our operator.</summary>
    Import,

    /// <summary>Take shares out.</summary>
    Delete,

    /// <summary>Have duties signed with shares; which duties and keys, the client's other permissions say.</summary>
    Sign,

    /// <summary>See the operator's public key.</summary>
    Identity,

    /// <summary>Have the operator's key sign consensus messages and partial signatures.</summary>
    Speak,
}

/// <summary>The name of a right in <c>signer.json</c>: a member may be renamed, its name not.</summary>
public static class SsvRightNames
{
    public static string Name(this SsvRight right) =>
        right switch
        {
            SsvRight.List => "list",
            SsvRight.Import => "import",
            SsvRight.Delete => "delete",
            SsvRight.Sign => "sign",
            SsvRight.Identity => "identity",
            SsvRight.Speak => "speak",
            _ => throw new UnreachableException($"the right {right} has no name"),
        };
}
