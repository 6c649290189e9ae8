using System.CommandLine;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Tls;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Cli;

/// <summary>In which form a client's certificate and key leave: PEM files in a folder, or one PKCS#12 file.</summary>
internal sealed class TlsOutput
{
    public static readonly Option<string?> Folder = new("--out")
    {
        Description = "folder for NAME.crt and NAME.key, instead of clients in the data directory",
        HelpName = "DIR",
    };
    public static readonly Option<string?> Pkcs12 = new("--pkcs12")
    {
        Description = "write one PKCS#12 file instead of PEM files",
        HelpName = "FILE",
    };
    public static readonly Option<string?> PasswordFile = new("--password-file")
    {
        Description = "file whose first line is the password of the PKCS#12 file",
        HelpName = "FILE",
    };
    public static readonly Option<bool> Legacy = new("--legacy")
    {
        Description = "3DES and SHA-1 in the PKCS#12 file, for readers that know nothing newer: an SSV node, Java 8",
    };

    private readonly string _folder;
    private readonly string? _pkcs12;
    private readonly string? _password;
    private readonly bool _isLegacy;

    /// <summary>Reads the options, and the password.</summary>
    /// <exception cref="CliError">They do not go together.</exception>
    public TlsOutput(ParseResult parsed, DataDirectory data, string name)
    {
        (_folder, _pkcs12, _isLegacy) = (
            Path.GetFullPath(parsed.GetValue(Folder) ?? data.ClientsFolder),
            parsed.GetValue(Pkcs12),
            parsed.GetValue(Legacy)
        );
        var passwordFile = parsed.GetValue(PasswordFile);
        if (_pkcs12 is null && (passwordFile is not null || _isLegacy))
        {
            throw new CliError(
                "--password-file and --legacy are for --pkcs12 FILE, which was not given",
                "give all of them, or none: then the files are PEM"
            );
        }

        if (_pkcs12 is not null)
        {
            _password =
                passwordFile is null
                    ? throw new CliError(
                        "--pkcs12 wants --password-file FILE",
                        "write a password into a file of mode 0600; the client is given both"
                    )
                : File.ReadLines(passwordFile).FirstOrDefault() is { Length: > 0 } password ? password
                : throw new CliError($"{passwordFile} has no password in its first line", "write one into it: many readers want it");
        }

        if (_pkcs12 is null)
        {
            RequireOwn(name);
        }
        else if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(_pkcs12))))
        {
            throw new CliError($"there is no folder for {_pkcs12}", "make it first");
        }
    }

    /// <summary>
    /// Shows that both can be written: before anything is signed or kept, because a certificate whose key is lost is of no use.
    /// </summary>
    /// <exception cref="CliError">They cannot.</exception>
    public void RequirePlace(string name)
    {
        var made = _pkcs12 is null && !Directory.Exists(_folder);
        try
        {
            if (_pkcs12 is not null)
            {
                DurableFile.Try(_pkcs12);
                return;
            }

            Directory.CreateDirectory(_folder, DataDirectory.Private);
            DurableFile.Try(CertificateOf(name));
            DurableFile.Try(KeyOf(name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (made && Directory.Exists(_folder))
            {
                Directory.Delete(_folder);
            }

            throw new CliError(
                $"cannot write {_pkcs12 ?? $"{CertificateOf(name)} and its key"}: {exception.Message}",
                "name another place: nothing was issued"
            );
        }
    }

    private string CertificateOf(string name) => Path.Combine(_folder, name + ".crt");

    private string KeyOf(string name) => Path.Combine(_folder, name + ".key");

    // What is replaced must be this client's own.
    private void RequireOwn(string name)
    {
        var (certificate, key) = (CertificateOf(name), KeyOf(name));
        if (
            (File.Exists(certificate) || File.Exists(key))
            && !(CertificateRegister.TryRead(certificate) is { } former && CertificateRegister.NameOf(former) == name)
        )
        {
            throw new CliError(
                $"{certificate} or {name}.key is there already, and is not of the client '{name}'",
                "name another folder with --out"
            );
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

        issued.Write(CertificateOf(name), KeyOf(name));
        return $"{CertificateOf(name)} and {name}.key";
    }
}
