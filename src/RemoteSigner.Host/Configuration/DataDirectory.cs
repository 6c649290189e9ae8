using System.Net.Sockets;
using System.Text;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Configuration;

/// <summary>The folder that holds everything one signer keeps, and the names of the files in it.</summary>
internal sealed class DataDirectory(string path)
{
    /// <summary>Bytes of the longest address of a socket.</summary>
    public const int LongestAddress = 107;

    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string OptionsFile => Resolve("signer.json");

    public string VaultFile => Resolve("vault");

    public string LedgerFile => Resolve("ledger.sqlite");

    public string TlsFolder => Resolve("tls");

    public string ClientsFolder => Resolve("clients");

    /// <summary>
    /// A copy of every client's certificate, for <c>tls list</c> and <c>tls revoke</c>: their own files leave this machine.
    /// </summary>
    public string IssuedFolder => Resolve("tls/issued");

    /// <summary>The authority's certificate that <c>init</c> made.</summary>
    public string AuthorityFile => Resolve("tls/ca.crt");

    /// <summary>The authority's key, where it was not carried away with the folder.</summary>
    public string AuthorityKeyFile => System.IO.Path.Combine(ClientsFolder, "ca.key");

    /// <summary>Approvals of what may open a TPM-sealed vault.</summary>
    public string TpmFolder => Resolve("tpm");

    /// <summary>The documents of the clusters that shares came from.</summary>
    public string ClustersFolder => Resolve("clusters");

    /// <summary>The sealed RSA key of an SSV operator.</summary>
    public string OperatorKeyFile => Resolve("operator-key");

    /// <summary>The socket on which the console speaks to a signer that runs.</summary>
    public string ControlSocket => Resolve("control.sock");

    /// <summary>
    /// The same as an address; null where the path has more than the 107 bytes that one may have (sockaddr_un in unix(7)).
    /// </summary>
    public UnixDomainSocketEndPoint? ControlEndPoint =>
        Encoding.UTF8.GetByteCount(ControlSocket) <= LongestAddress ? new UnixDomainSocketEndPoint(ControlSocket) : null;

    /// <summary>A path from the configuration, relative to this folder unless it is absolute.</summary>
    public string Resolve(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>What another user writes here the signer may not be able to read at its next start: a vault, a token, a lock.</summary>
    /// <exception cref="ConfigurationException">The folder is another user's.</exception>
    public void RequireOwner()
    {
        if (FileStatus.Of(Path) is { Owner: var owner } && owner != PeerCredentials.Ours)
        {
            var name = NameOf(owner);
            throw new ConfigurationException(
                $"{Path} belongs to the user {name}, and this command runs as "
                    + $"{NameOf(PeerCredentials.Ours)}: what it writes the signer could not read",
                $"run it as that user: sudo -u {name} remote-signer …"
            );
        }
    }

    /// <summary>Whoever may write in these folders may put another vault or configuration in their place.</summary>
    /// <exception cref="ConfigurationException">Others than the owner may.</exception>
    public void RequirePrivate()
    {
        List<string> open =
        [
            .. new[] { Path, TlsFolder, IssuedFolder, ClientsFolder, TpmFolder, ClustersFolder }.Where(folder =>
                FileStatus.Of(folder) is { IsOpenToOthers: true }
            ),
        ];
        if (open.Count > 0)
        {
            throw new ConfigurationException(
                $"others than its owner may write in {string.Join(", ", open)}",
                $"look whether all in it is as it was, then: chmod go-w {string.Join(' ', open)}"
            );
        }
    }

    // As passwd(5) has it; sudo takes the number, too.
    private static string NameOf(uint user)
    {
        const string Users = "/etc/passwd";
        return (File.Exists(Users) ? File.ReadLines(Users) : [])
            .Select(line => line.Split(':'))
            .FirstOrDefault(fields => fields.Length > 2 && fields[2] == $"{user}")
            ?[0]
            ?? $"'#{user}'";
    }

    /// <summary>Reads and checks <c>signer.json</c>.</summary>
    /// <exception cref="ConfigurationException">It is missing, malformed or has faults; all of them are named.</exception>
    public SignerOptions ReadOptions()
    {
        if (!File.Exists(OptionsFile))
        {
            throw new ConfigurationException(
                $"there is no signer in {Path}",
                "create one with 'remote-signer init', or name its folder with --data or REMOTE_SIGNER_DATA"
            );
        }

        var options = Deserialize();
        var faults = SignerOptionsValidator.Faults(options, this).ToList();
        return faults.Count == 0
            ? options
            : throw new ConfigurationException(
                $"{OptionsFile}: {string.Join("; ", faults)}",
                "correct the file: each setting's comment says what it takes"
            );
    }

    private SignerOptions Deserialize()
    {
        try
        {
            var text = BoundedFile.ReadAllBytes(OptionsFile);
            return SignerOptionsText.Read(text.AsSpan().StartsWith("\uFEFF"u8) ? text[3..] : text, OptionsFile);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new ConfigurationException(
                $"cannot read {OptionsFile}: {exception.Message}",
                "run as the user that owns the data directory"
            );
        }
    }
}
