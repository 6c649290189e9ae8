using System.CommandLine;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>cluster bind</c>: shares that are in the vault learn where they belong, or, with <c>--replace</c>, leave a cluster to which they
/// never belonged.
/// </summary>
internal static class ClusterBindCommand
{
    private static readonly Option<bool> Replace = new("--replace")
    {
        Description =
            "bind shares anew that are held under another lock or another validator, once you have found out that this "
            + "document is right; their slashing history goes with them, and other shares of their validators are parked",
    };

    public static Command CreateBind()
    {
        var bind = new Command(
            "bind",
            "Verify a cluster lock or SSV's keyshares, and tell shares of it that are in the vault already where they belong"
        )
        {
            ClusterImportCommand.LockFile,
            AnchorOptions.Node,
            AnchorOptions.Enr,
            SsvOptions.KeysharesFile,
            AnchorOptions.Owner,
            AnchorOptions.Validators,
            AnchorOptions.Accept,
            Replace,
            ClusterCommand.LowThreshold,
            ClusterCommand.ContractSignatures,
        };
        bind.SetAction((parsed, _) => BindAsync(parsed));
        return bind;
    }

    private static async Task<int> BindAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var line = await signer.BindClusterAsync(ClusterImportCommand.OrderOf(parsed) with { Replace = parsed.GetValue(Replace) });
        return ClusterImportCommand.Finish(
            parsed,
            line,
            signer.IsRunning ? "they know their cluster from now on" : "they know their cluster after the next start"
        );
    }
}
