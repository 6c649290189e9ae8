using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Control;

/// <summary>What the operator can do about a fault, on the console and for the console that asks a signer which runs.</summary>
internal static class FaultHints
{
    /// <summary>What the operator can do about it; null where it is a bug.</summary>
    public static string? HintOf(Exception exception) =>
        exception switch
        {
            OperatorException fault => fault.Hint,
            LedgerException fault => fault.Hint,
            InterchangeContradictionException =>
                "find out where else this key signs, and stop it there: two signers get it slashed. Nothing of the file was kept",
            InterchangeFutureException =>
                "if this machine's clock is wrong, set it. A history that was exported above raised low watermarks lies ahead of any "
                    + "clock: 'remote-signer slashing import FILE --accept-future' takes it over, and its validators sign nothing "
                    + "until then; else correct the file. Nothing of it was kept",
            InterchangeException => "correct the file, or export it anew from the signer it came from; nothing of it was kept",
            SpecException => "name one of mainnet, hoodi, sepolia, gnosis, chiado, minimal, or the path of a consensus config.yaml",
            UnauthorizedAccessException => "run as the user that owns the data directory, with leave to write there",
            IOException { InnerException: AddressInUseException } =>
                "another program listens on this port: stop it, or choose another port with --listen or --operations",
            SocketException => "choose an address of this machine, and a port that this user may open (above 1023 unless root)",
            ArgumentException { ParamName: "path" } => "name a file or folder: a path cannot be empty",
            FileNotFoundException or DirectoryNotFoundException => "look at the path: there is nothing of that name",
            IOException => "look at the path, its permissions and the space left on its disk",
            _ => null,
        };
}
