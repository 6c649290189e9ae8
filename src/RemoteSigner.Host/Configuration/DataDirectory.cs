using System.Net.Sockets;
using System.Text;
using System.Text.Json;

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

    /// <summary>Approvals of what may open a TPM-sealed vault.</summary>
    public string TpmFolder => Resolve("tpm");

    /// <summary>The documents of the clusters that shares came from.</summary>
    public string ClustersFolder => Resolve("clusters");

    /// <summary>The sealed RSA key of an SSV operator.</summary>
    public string OperatorKeyFile => Resolve("operator-key");

    /// <summary>The socket on which the console speaks to a signer that runs.</summary>
    public string ControlSocket => Resolve("control.sock");

    /// <summary>The same as an address; null where the path has more than the 107 bytes that one may have (sockaddr_un in unix(7)).</summary>
    public UnixDomainSocketEndPoint? ControlEndPoint => Encoding.UTF8.GetByteCount(ControlSocket) <= LongestAddress ? new UnixDomainSocketEndPoint(ControlSocket) : null;

    /// <summary>A path from the configuration, relative to this folder unless it is absolute.</summary>
    public string Resolve(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>Reads and checks <c>signer.json</c>.</summary>
    /// <exception cref="ConfigurationException">It is missing, malformed or has faults; all of them are named.</exception>
    public SignerOptions ReadOptions()
    {
        if (!File.Exists(OptionsFile))
        {
            throw new ConfigurationException($"there is no signer in {Path}", "create one with 'remote-signer init', or name its folder with --data or REMOTE_SIGNER_DATA");
        }

        var options = Deserialize();
        var faults = SignerOptionsValidator.Faults(options, this).ToList();
        return faults.Count == 0
            ? options
            : throw new ConfigurationException($"{OptionsFile}: {string.Join("; ", faults)}", "correct the file: each setting's comment says what it takes");
    }

    private SignerOptions Deserialize()
    {
        try
        {
            using var file = File.OpenRead(OptionsFile);
            return JsonSerializer.Deserialize(file, SignerOptionsContext.Default.SignerOptions) ?? throw new JsonException("the file holds null");
        }
        catch (JsonException exception)
        {
            throw new ConfigurationException($"{OptionsFile}: {exception.Message}", "correct the file at the place that is named");
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new ConfigurationException($"cannot read {OptionsFile}: {exception.Message}", "run as the user that owns the data directory");
        }
    }
}
