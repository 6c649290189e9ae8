using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Connect;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>connect</c>: presents a client's certificate to a signer elsewhere, for a program on this machine that has no option for one.
/// </summary>
internal static class ConnectCommand
{
    public const string Name = "connect";

    private static readonly Argument<string?> Signer = new("URL")
    {
        Description = "API of the signer, https://HOST:PORT",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<string[]> Listen = new("--listen")
    {
        Description =
            "where the program connects: a port of 127.0.0.1, an address and port, or the absolute "
            + "path of a unix socket; repeat it, with =URL for each, for more signers",
        HelpName = "ADDRESS[=URL]",
        Required = true,
    };

    private static readonly Option<string> For = new("--for")
    {
        Description =
            "sign: open while signatures would be given; push: while keystores would be taken (Charon's ceremony), with --token-file",
        HelpName = "sign|push",
        DefaultValueFactory = _ => "sign",
    };
    private static readonly Option<string[]> AllowHost = new("--allow-host")
    {
        Description = "a name beside localhost by which the program may address this listener, such as that of a container",
        HelpName = "NAME",
    };
    private static readonly Option<bool> Lend = new("--lend-to-network")
    {
        Description =
            "listen also where other machines or containers can connect: whoever "
            + "reaches it signs with this certificate, without one of his own",
    };

    public static Command Create()
    {
        For.AcceptOnlyFromAmong("sign", "push");
        var command = new Command(
            Name,
            "Let a program without certificate options use a signer elsewhere: plain HTTP in, "
                + "mutual TLS out; open only while the signer would do its work"
        )
        {
            Signer,
            Listen,
            ClientFileOptions.Certificate,
            ClientFileOptions.Key,
            ClientFileOptions.Authority,
            For,
            ClientFileOptions.TokenFile,
            AllowHost,
            Lend,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var doors = parsed.GetValue(Listen)!.Select(text => Door(text, parsed)).ToList();
        var use = parsed.GetValue(For) == "push" ? SignerUse.Push : SignerUse.Sign;
        var token = parsed.GetValue(ClientFileOptions.TokenFile);
        if (use == SignerUse.Push && token is null)
        {
            throw new CliError(
                "a push takes a token",
                "name a copy of the signer's keymanager.token with --token-file: the listener is open only while the token is right"
            );
        }

        await ConnectServer.RunAsync(doors, ClientFileOptions.Read(parsed), use, token, parsed.GetValue(AllowHost) ?? [], cancellation);
        return ExitCodes.Done;
    }

    private static (EndPoint Address, Uri Signer) Door(string text, ParseResult parsed)
    {
        var parts = text.Split('=', 2);
        if (
            !LoopbackListener.TryParse(parts[0], out var address)
            && (!parts[0].Contains(':') || !IPEndPoint.TryParse(parts[0], out var endPoint) || (address = endPoint) is null)
        )
        {
            throw new CliError(
                $"'{parts[0]}' is not an address to listen on",
                "give a port, an address and port such as 127.0.0.1:9010, or the absolute path of a socket"
            );
        }

        if (address is IPEndPoint { Port: 0 } or IPEndPoint { AddressFamily: AddressFamily.Unspecified })
        {
            throw new CliError($"'{parts[0]}' names no port", "give the port that the program is told");
        }

        if (address is IPEndPoint ip && !IPAddress.IsLoopback(ip.Address) && !parsed.GetValue(Lend))
        {
            throw new CliError(
                $"{ip} is not an address of this machine alone",
                "listen on 127.0.0.1, or say --lend-to-network: whoever reaches that port signs with this certificate"
            );
        }

        return (
            address!,
            ClientFileOptions.Signer(
                parts.Length == 2
                    ? parts[1]
                    : parsed.GetValue(Signer)
                        ?? throw new CliError("no signer is named", "give its address, https://HOST:PORT, or --listen ADDRESS=URL")
            )
        );
    }
}
