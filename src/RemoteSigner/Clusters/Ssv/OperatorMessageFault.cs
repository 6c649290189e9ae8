using System.Diagnostics;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>Why the operator does not sign a message.</summary>
public enum OperatorMessageFault
{
    /// <summary>No operator key is open.</summary>
    NoOperatorKey,

    /// <summary>The bytes are neither a step of the consensus nor partial signatures.</summary>
    NotAnSsvMessage,

    /// <summary>The message is for another SSV network.</summary>
    OtherSsvNetwork,

    /// <summary>The message is from another operator.</summary>
    OtherOperator,

    /// <summary>No share of its validator, or of its committee, is here.</summary>
    UnknownValidator,
}

/// <summary>The error code of a fault: a member may be renamed, its code not.</summary>
public static class OperatorMessageFaultCodes
{
    public static string Code(this OperatorMessageFault fault) =>
        fault switch
        {
            OperatorMessageFault.NoOperatorKey => "no_operator_key",
            OperatorMessageFault.NotAnSsvMessage => "not_an_ssv_message",
            OperatorMessageFault.OtherSsvNetwork => "other_ssv_network",
            OperatorMessageFault.OtherOperator => "other_operator",
            OperatorMessageFault.UnknownValidator => "unknown_validator",
            _ => throw new UnreachableException($"the fault {fault} has no code"),
        };
}
