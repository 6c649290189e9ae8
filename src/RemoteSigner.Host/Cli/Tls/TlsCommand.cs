using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Access;
using RemoteSigner.Audit;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Control;
using RemoteSigner.Host.Tls;
using RemoteSigner.Native;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>tls</c>: the life of the certificates that this signer's own authority issues. The authority's key is used here, by whoever runs the
/// command, and nowhere else.
/// </summary>
internal static class TlsCommand
{
    private static readonly Argument<string> NewClient = new("CLIENT") { Description = "the client's name" };
    private static readonly Argument<string?> Renewed = new("CLIENT")
    {
        Description = "a client; without it the server's certificate is renewed",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Argument<string> Revoked = new("CLIENT|FILE")
    {
        Description = "a client, all of whose certificates are revoked, or the PEM file of one certificate",
    };
    private static readonly Option<string?> CaKey = new("--ca-key")
    {
        Description = "the authority's key, where it is not at clients/ca.key",
        HelpName = "FILE",
    };
    private static readonly Option<int> Days = new("--days")
    {
        Description = "how long it is good, though never longer than the authority",
        HelpName = "N",
        DefaultValueFactory = _ => PrivateAuthority.Days,
    };
    private static readonly Option<string[]> Hosts = new("--host")
    {
        Description = "a name or address by which clients reach this machine, instead of the former ones; api.hostAllowlist gets it, too",
        HelpName = "NAME",
    };

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static Command Create()
    {
        var issue = new Command("issue", "Make a certificate and a key for a new client")
        {
            NewClient,
            Days,
            TlsOutput.Folder,
            TlsOutput.Pkcs12,
            TlsOutput.PasswordFile,
            TlsOutput.Legacy,
            CaKey,
        };
        issue.SetAction((parsed, _) => IssueAsync(parsed, parsed.GetValue(NewClient)!, isNew: true));
        var renew = new Command(
            "renew",
            "Make the server's certificate anew, for the key that it has, or another one for a client: its former one stays good"
        )
        {
            Renewed,
            Hosts,
            Days,
            TlsOutput.Folder,
            TlsOutput.Pkcs12,
            TlsOutput.PasswordFile,
            TlsOutput.Legacy,
            CaKey,
        };
        renew.SetAction(
            (parsed, _) => parsed.GetValue(Renewed) is { } client ? IssueAsync(parsed, client, isNew: false) : RenewServerAsync(parsed)
        );
        var revoke = new Command(
            "revoke",
            "Put certificates on the revocation list, or sign it anew if they are there: a "
                + "running signer refuses them at once, on open connections too"
        )
        {
            Revoked,
            CaKey,
        };
        revoke.SetAction((parsed, _) => RevokeAsync(parsed));
        var list = new Command("list", "List the certificates of this signer's authority and until when they are good");
        list.SetAction((parsed, _) => Task.FromResult(List(parsed)));
        return new Command("tls", "The certificates of this signer and its clients; works while it runs") { issue, renew, revoke, list };
    }

    private static async Task<int> IssueAsync(ParseResult parsed, string name, bool isNew)
    {
        InitCommand.RequireClientName(name);
        var data = parsed.DataDirectory();
        var options = data.ReadOptions();
        if (parsed.GetResult(Hosts) is { Implicit: false })
        {
            throw new CliError("--host is for the server's certificate", "a client's has its name alone: leave out --host, or the client");
        }

        RequireDays(parsed);
        data.RequirePrivate();
        var good = Unrevoked(data, options, name).Where(certificate => certificate.NotAfter.ToUniversalTime() > Now).ToList();
        if (isNew && good.Count > 0)
        {
            throw new CliError(
                $"there is a certificate for '{name}', good until {good[^1].NotAfter.ToUniversalTime():u}",
                $"'remote-signer tls renew {name}' makes another, 'tls revoke {name}' ends it"
            );
        }

        if (!isNew && !Clients(data).Any(certificate => CertificateRegister.NameOf(certificate) == name))
        {
            throw new CliError(
                $"there is not a certificate for '{name}'",
                $"'remote-signer tls issue {name}' makes one, 'tls list' shows those that there are"
            );
        }

        var output = new TlsOutput(parsed, data, name);
        using var authority = OpenAuthority(parsed, data);
        RequireTrusted(authority, data, options, $"have it issued by one that is in that bundle, or add {data.AuthorityFile} to it");
        output.RequirePlace(name);
        using var issued = authority.IssueClient(name, parsed.GetValue(Days));
        var list = SignAnew(authority, data, options);
        var problem = await KeepAsync(
            parsed,
            new TlsChange
            {
                Action = isNew ? AuditActions.TlsIssue : AuditActions.TlsRenew,
                Client = issued.Pem,
                RevocationList = list?.Text,
                FormerList = list?.Former,
            }
        );
        var place = output.Write(issued, name);
        var console = StandardError.Console;
        console.WriteLine($"wrote {place}: give them to the client together with {data.AuthorityFile}");
        if (good.Count > 0)
        {
            console.WriteLine(
                $"its former certificate stays good until {good[^1].NotAfter.ToUniversalTime():u}: once the client has this "
                    + $"one, end that with 'remote-signer tls revoke {CertificateRegister.PathOf(data, good[^1])}'"
            );
        }

        if (!options.Clients.ContainsKey(name))
        {
            console.WriteLine(
                $"signer.json does not name '{name}', so it may do nothing yet; put this under "
                    + $"\"clients\" and reload: \"{name}\": {{ \"duties\": [\"everyday\"] }}"
            );
        }

        RequireInForce(problem);
        return Print(parsed, TlsLine.Of("client", issued.Certificate));
    }

    private static async Task<int> RenewServerAsync(ParseResult parsed)
    {
        if (
            new[] { TlsOutput.Folder, TlsOutput.Pkcs12, TlsOutput.PasswordFile }.Any(option => parsed.GetValue(option) is not null)
            || parsed.GetValue(TlsOutput.Legacy)
        )
        {
            throw new CliError(
                "--out, --pkcs12, --password-file and --legacy are for a client's certificate",
                "name the client; the server's certificate is written where signer.json says"
            );
        }

        RequireDays(parsed);
        var data = parsed.DataDirectory();
        var options = data.ReadOptions();
        if (options.Tls.Key is not { } keyFile)
        {
            throw new CliError(
                "the server's certificate is a PKCS#12 file of your own",
                "make it anew where it came from, put it there and reload"
            );
        }

        data.RequirePrivate();
        InitCommand.RequireHostNames(parsed.GetValue(Hosts) ?? []);

        using var authority = OpenAuthority(parsed, data);
        using var former = X509CertificateLoader.LoadCertificateFromFile(data.Resolve(options.Tls.Certificate));
        if (!former.IssuerName.RawData.AsSpan().SequenceEqual(authority.Certificate.SubjectName.RawData))
        {
            throw new CliError(
                $"{options.Tls.Certificate} was not issued by this signer's authority but by {former.Issuer}",
                "have it made anew there, put it in its place and reload"
            );
        }

        using var key = ReadKey(data.Resolve(keyFile));
        string[] hosts = parsed.GetValue(Hosts) is { Length: > 0 } given ? given : [.. CertificateRegister.HostsOf(former)];
        using var issued = authority.IssueServer(CertificateRegister.HostsOf(hosts), parsed.GetValue(Days), key);
        var list = SignAnew(authority, data, options);
        RequireInForce(
            await KeepAsync(
                parsed,
                new TlsChange
                {
                    Action = AuditActions.TlsRenew,
                    Server = issued.Pem,
                    Hosts = parsed.GetValue(Hosts) ?? [],
                    RevocationList = list?.Text,
                    FormerList = list?.Former,
                }
            )
        );
        StandardError.Console.WriteLine(
            $"renewed {data.Resolve(options.Tls.Certificate)}, with the key that it had; "
                + "clients that pin it (an SSV node's ServerCertFile) want the new one"
        );
        return Print(parsed, TlsLine.Of("server", issued.Certificate));
    }

    private static async Task<int> RevokeAsync(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        var options = data.ReadOptions();
        var what = parsed.GetValue(Revoked)!;
        IReadOnlyList<X509Certificate2> certificates = File.Exists(what)
            ? [ReadCertificate(what)]
            : [.. Clients(data).Where(certificate => CertificateRegister.NameOf(certificate) == what)];
        if (certificates.Count == 0)
        {
            throw new CliError($"'{what}' is neither a client of this signer nor a file", "'remote-signer tls list' shows the clients");
        }

        using var authority = OpenAuthority(parsed, data);
        if (
            certificates.FirstOrDefault(certificate =>
                !certificate.IssuerName.RawData.AsSpan().SequenceEqual(authority.Certificate.SubjectName.RawData)
            ) is
            { } foreign
        )
        {
            throw new CliError(
                $"the certificate of {foreign.Subject} was issued by {foreign.Issuer}, not by this signer's authority",
                "that authority revokes it: name its list as tls.revocationList in signer.json"
            );
        }

        if (certificates.FirstOrDefault(certificate => !IsClients(certificate)) is { } other)
        {
            throw new CliError(
                $"{other.Subject} is not a client certificate",
                "the authority's would take every client's leave, and the server's is ended by 'remote-signer tls renew' and a new key"
            );
        }

        RequireTrusted(
            authority,
            data,
            options,
            "nothing was revoked: there was no need; a line in the known-clients file is taken out there"
        );
        var list = SignAnew(authority, data, options, certificates);
        RequireInForce(
            await KeepAsync(
                parsed,
                new TlsChange
                {
                    Action = AuditActions.TlsRevoke,
                    Revoked = [.. certificates.Select(certificate => certificate.ExportCertificatePem())],
                    RevocationList = list?.Text,
                    FormerList = list?.Former,
                }
            )
        );
        StandardError.Console.WriteLine(
            $"revoked {certificates.Count} of {(File.Exists(what) ? CertificateRegister.NameOf(certificates[0]) : what)}"
        );
        return Print(parsed, [.. certificates.Select(certificate => TlsLine.Of("client", certificate, isRevoked: true))]);
    }

    private static int List(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        var options = data.ReadOptions();
        var revocations = Revocations(data, options);
        List<TlsLine> lines = [];
        if (File.Exists(data.AuthorityFile))
        {
            lines.Add(TlsLine.Of("authority", ReadCertificate(data.AuthorityFile)));
        }

        if (options.Tls.Key is not null)
        {
            lines.Add(TlsLine.Of("server", ReadCertificate(data.Resolve(options.Tls.Certificate))));
        }

        if (revocations.NextUpdate is { } next)
        {
            lines.Add(new TlsLine("list", options.Tls.RevocationList!, null, null, next, false, []));
        }

        lines.AddRange(Clients(data).Select(certificate => TlsLine.Of("client", certificate, revocations.Revoke(certificate))));
        return Print(parsed, lines);
    }

    // Why the running signer does not go by it yet; null: it does, or none runs.
    private static async Task<string?> KeepAsync(ParseResult parsed, TlsChange change)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var kept = await signer.KeepTlsAsync(change);
        foreach (var note in kept.Notes)
        {
            StandardError.Console.WriteLine(note);
        }

        return kept.Problem;
    }

    // After whatever is given out: a key that is lost for it would leave a certificate that nobody can use.
    private static void RequireInForce(string? problem)
    {
        if (problem is not null)
        {
            throw new CliError(
                $"it was kept, but the running signer could not read everything again: {problem}",
                "fix that, then 'systemctl reload remote-signer' or SIGHUP"
            );
        }
    }

    private static int Print(ParseResult parsed, params IReadOnlyList<TlsLine> lines)
    {
        Output.Write(parsed.GetValue(CommandLine.Json), lines, CliContext.Default.IReadOnlyListTlsLine, all => TlsLine.Rows(all, Now));
        return ExitCodes.Done;
    }

    private static IReadOnlyList<X509Certificate2> Clients(DataDirectory data) =>
        CertificateRegister.ReadClients(data, path => StandardError.Console.WriteLine($"{path} is not a certificate, and is passed over"));

    private static bool IsClients(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .Any(uses => uses.EnhancedKeyUsages[PrivateAuthority.ClientAuthentication.Value!] is not null)
        && !certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    private static PrivateAuthority OpenAuthority(ParseResult parsed, DataDirectory data) =>
        PrivateAuthority.Open(data.AuthorityFile, parsed.GetValue(CaKey) ?? data.AuthorityKeyFile, Now);

    private static void RequireDays(ParseResult parsed)
    {
        if (parsed.GetValue(Days) is < 1 or > 3650)
        {
            throw new CliError(
                "--days must be 1 to 3650",
                string.Create(CultureInfo.InvariantCulture, $"{PrivateAuthority.Days} is what it is without it")
            );
        }
    }

    private static IEnumerable<X509Certificate2> Unrevoked(DataDirectory data, SignerOptions options, string name)
    {
        var revocations = Revocations(data, options);
        return Clients(data).Where(certificate => CertificateRegister.NameOf(certificate) == name && !revocations.Revoke(certificate));
    }

    private static RevocationLists Revocations(DataDirectory data, SignerOptions options) =>
        TlsMaterial.ReadRevocations(options.Tls, data, TlsMaterial.ReadAuthorities(options.Tls, data));

    // Whoever has the authority's key at hand signs the list anew, so that it is not out of date before the certificates are.
    private static RevocationFile.Change? SignAnew(
        PrivateAuthority authority,
        DataDirectory data,
        SignerOptions options,
        params IReadOnlyCollection<X509Certificate2> revoked
    ) =>
        RevocationFile.Revoke(
            CertificateRegister.RevocationListOf(data, options.Tls),
            mustExist: options.Tls.RevocationList is not null,
            authority,
            revoked
        );

    // A list of an authority that nobody trusts would keep the signer from starting, and its clients would be refused.
    private static void RequireTrusted(PrivateAuthority authority, DataDirectory data, SignerOptions options, string hint)
    {
        if (
            !TlsMaterial
                .ReadAuthorities(options.Tls, data)
                .Any(trusted => trusted.RawDataMemory.Span.SequenceEqual(authority.Certificate.RawDataMemory.Span))
        )
        {
            throw new CliError(
                "tls.clientAuthorities in signer.json does not have this signer's authority: its certificates do not count here",
                hint
            );
        }
    }

    private static ECDsa ReadKey(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(BoundedFile.ReadAllText(path));
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CliError(
                $"{path} is not the server's ECDSA key: {exception.Message}",
                "put the key there that 'remote-signer init' made"
            );
        }
    }

    private static X509Certificate2 ReadCertificate(string path)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(path);
        }
        catch (CryptographicException exception)
        {
            throw new CliError($"{path} is not a certificate: {exception.Message}", "name the PEM file of one certificate");
        }
    }
}
