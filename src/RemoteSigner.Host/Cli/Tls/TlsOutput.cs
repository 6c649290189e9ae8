using System.CommandLine;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Tls;

namespace RemoteSigner.Host.Cli;

/// <summary>In which form a client's certificate and key leave: PEM files in a folder, or one PKCS#12 file.</summary>
internal sealed class TlsOutput
{
    public static readonly Option<string?> Folder = new("--out") { Description = "folder for NAME.crt and NAME.key, instead of clients in the data directory", HelpName = "DIR" };
    public static readonly Option<string?> Pkcs12 = new("--pkcs12") { Description = "write one PKCS#12 file instead of PEM files", HelpName = "FILE" };
    public static readonly Option<string?> PasswordFile = new("--password-file") { Description = "file whose first line is the password of the PKCS#12 file", HelpName = "FILE" };
    public static readonly Option<bool> Legacy = new("--legacy") { Description = "3DES and SHA-1 in the PKCS#12 file, for readers that know nothing newer: an SSV node, Java 8" };

    private readonly string _folder;
    private readonly string? _pkcs12;
    private readonly string? _password;
    private readonly bool _isLegacy;

    /// <summary>Reads the options, and the password.</summary>
    /// <exception cref="CliError">They do not go together.</exception>
    public TlsOutput(ParseResult parsed, DataDirectory data, string name)
    {
        (_folder, _pkcs12, _isLegacy) = (Path.GetFullPath(parsed.GetValue(Folder) ?? data.ClientsFolder), parsed.GetValue(Pkcs12), parsed.GetValue(Legacy));
        var passwordFile = parsed.GetValue(PasswordFile);
        if (_pkcs12 is null && (passwordFile is not null || _isLegacy))
        {
            throw new CliError("--password-file and --legacy are for --pkcs12 FILE, which was not given", "give all of them, or none: then the files are PEM");
        }

        if (_pkcs12 is not null)
        {
            _password = passwordFile is null
                ? throw new CliError("--pkcs12 wants --password-file FILE", "write a password into a file of mode 0600; the client is given both")
                : File.ReadLines(passwordFile).FirstOrDefault() is { Length: > 0 } password ? password
                : throw new CliError($"{passwordFile} has no password in its first line", "write one into it: many readers want it");
        }

        // Before anything is made: a certificate whose key could not be written is of no use.
        if (_pkcs12 is null)
        {
            Directory.CreateDirectory(_folder, DataDirectory.Private);
            RequirePlace(name);
        }
        else if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(_pkcs12))))
        {
            throw new CliError($"there is no folder for {_pkcs12}", "make it first");
        }
    }

    // What is replaced must be this client's own.
    private void RequirePlace(string name)
    {
        var (certificate, key) = (Path.Combine(_folder, name + ".crt"), Path.Combine(_folder, name + ".key"));
        if ((File.Exists(certificate) || File.Exists(key)) && !(CertificateRegister.TryRead(certificate) is { } former && CertificateRegister.NameOf(former) == name))
        {
            throw new CliError($"{certificate} or {name}.key is there already, and is not of the client '{name}'", "name another folder with --out");
        }
    }

    /// <summary>Writes both, and says where.</summary>
    public string Write(IssuedCertificate issued, string name)
    {
        if (_pkcs12 is not null)
        {
            issued.WritePkcs12(_pkcs12, _password!, _isLegacy);
            return _pkcs12;
        }

        var certificate = Path.Combine(_folder, name + ".crt");
        issued.Write(certificate, Path.Combine(_folder, name + ".key"));
        return $"{certificate} and {name}.key";
    }
}
