using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Files;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Tls;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Control;

/// <summary>
/// <c>tls issue</c>, <c>renew</c> and <c>revoke</c>, once the authority's key has done its part: files, <c>signer.json</c>, audit entry,
/// and a running signer that goes by them.
/// </summary>
/// <param name="reread">Has the signer read its configuration anew; what went wrong, or null.</param>
internal sealed class TlsVerbs(Administrator administrator, Actor actor, DataDirectory data, Func<Task<string?>> reread)
{
    private static readonly SemaphoreSlim _one = new(1);

    public async Task<TlsKept> KeepAsync(TlsChange change)
    {
        // One at a time: a list that was made from the same former one would take back what the other has revoked.
        await _one.WaitAsync();
        try
        {
            return await KeepOneAsync(change);
        }
        finally
        {
            _ = _one.Release();
        }
    }

    private async Task<TlsKept> KeepOneAsync(TlsChange change)
    {
        var options = data.ReadOptions();
        var notes = new List<string>();
        if (
            change.RevocationList is not null
            && RevocationFile.Fingerprint(CertificateRegister.RevocationListOf(data, options.Tls)) != change.FormerList
        )
        {
            throw new VerbException("the revocation list was changed meanwhile; nothing was kept", "repeat the command");
        }

        foreach (var pem in new[] { change.Client, change.Server }.OfType<string>().Concat(change.Revoked))
        {
            Read(pem).Dispose();
        }

        // Each file with its entry, and in this order: what a crash leaves undone does no harm, and the same command does it.
        if (change.RevocationList is { } list)
        {
            await KeepAsync(
                change.Action,
                CertificateRegister.RevocationListOf(data, options.Tls),
                list,
                change.Revoked.Count == 0 ? "the revocation list, signed anew" : string.Join("; ", change.Revoked.Select(Describe))
            );
        }

        if (change.Client is { } client)
        {
            using var certificate = Read(client);
            Directory.CreateDirectory(data.IssuedFolder, DataDirectory.Private);
            await KeepAsync(change.Action, CertificateRegister.PathOf(data, certificate), client, Describe(client));
        }

        var settings = Settings(change, options, notes);
        if (settings is not null)
        {
            await administrator.ExecuteAsync(new KeepFile("settings", data.OptionsFile, settings, string.Join("; ", notes)), actor);
        }

        if (change.Server is { } server)
        {
            await KeepAsync(change.Action, data.Resolve(options.Tls.Certificate), server, Describe(server));
        }

        // A new client is known by its authority already; a reload would also put in force what somebody is writing in signer.json.
        return new TlsKept(notes, change.RevocationList is null && change.Server is null && settings is null ? null : await reread());
    }

    private Task<string> KeepAsync(string action, string path, string pem, string detail) =>
        administrator.ExecuteAsync(new KeepFile(action, path, RevocationFile.Text.GetBytes(pem), detail), actor);

    // Null where it stays as it is.
    private byte[]? Settings(TlsChange change, SignerOptions options, List<string> notes)
    {
        byte[]? text = null;
        if (change.RevocationList is not null && options.Tls.RevocationList is null)
        {
            text = SettingText.Put(Text(), "tls", "revocationList", Json(CertificateRegister.RevocationList));
            notes.Add($"tls.revocationList in signer.json names {CertificateRegister.RevocationList} from now on");
        }

        List<string> missing =
        [
            .. change.Hosts.Where(host =>
                !options.Api.HostAllowlist.Contains("*") && !options.Api.HostAllowlist.Contains(host, StringComparer.OrdinalIgnoreCase)
            ),
        ];
        if (missing.Count > 0)
        {
            text = SettingText.Put(
                Text(),
                "api",
                "hostAllowlist",
                $"[{string.Join(", ", options.Api.HostAllowlist.Concat(missing).Select(Json))}]"
            );
            notes.Add($"api.hostAllowlist in signer.json has {string.Join(", ", missing)} from now on");
        }

        return text;

        byte[] Text() => text ?? BoundedFile.ReadAllBytes(data.OptionsFile);
    }

    private static string Describe(string pem)
    {
        using var certificate = Read(pem);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"'{CertificateRegister.NameOf(certificate)}' {certificate.SerialNumber} "
                + $"{certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}"
                + $" until {certificate.NotAfter.ToUniversalTime():u}"
        );
    }

    private static X509Certificate2 Read(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw new VerbException(
                $"what was to be kept is not a certificate: {exception.Message}",
                "are console and signer of the same version?"
            );
        }
    }

    private static string Json(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
