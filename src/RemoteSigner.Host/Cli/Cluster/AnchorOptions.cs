using System.CommandLine;
using RemoteSigner.Host.Control;

namespace RemoteSigner.Host.Cli;

/// <summary>How a person says why a cluster's document may be believed: nothing in the document itself shows it.</summary>
internal static class AnchorOptions
{
    public static readonly Option<string?> Node = new("--node")
    {
        Description = "the node's .charon folder: its key says which share is ours, and must have signed the lock",
        HelpName = "DIR",
    };
    public static readonly Option<string?> Enr = new("--enr")
    {
        Description = "instead of --node: our node's record (enr:…), or its public key (33 bytes in hex)",
        HelpName = "ENR|KEY",
    };
    public static readonly Option<string?> Owner = new("--owner")
    {
        Description = "of keyshares: who owns the validators, as SSV's contract has it (ValidatorAdded)",
        HelpName = "ADDRESS",
    };
    public static readonly Option<string[]> Validators = new("--validator")
    {
        Description = "of keyshares: a validator, as SSV's contract has it; once for each in the file",
        HelpName = "KEY",
    };
    public static readonly Option<bool> Accept = new("--accept-unanchored")
    {
        Description =
            "take the document at your own word, which the audit log keeps. It is not proven then that our node, or the "
            + "validators' owner, ever saw it: whoever knows our public keys can make one "
            + "that passes every check, and our shares would serve his cluster",
    };

    /// <summary>What the options of a verb about a cluster's document say, with absolute paths.</summary>
    public static ClusterOrder Order(this ParseResult parsed) =>
        new()
        {
            Node = Full(parsed.GetValue(Node)),
            Enr = parsed.GetValue(Enr),
            Owner = parsed.GetValue(Owner),
            Validators = parsed.GetValue(Validators) ?? [],
            AcceptUnanchored = parsed.GetValue(Accept),
            AcceptLowThreshold = parsed.GetValue(ClusterCommand.LowThreshold),
            AcceptContractSignatures = parsed.GetValue(ClusterCommand.ContractSignatures),
        };

    /// <summary>The path as somebody in another folder needs it.</summary>
    public static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
}
