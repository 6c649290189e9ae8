using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Connect;
using RemoteSigner.Host.Tls;
using RemoteSigner.Tests.Http;

namespace RemoteSigner.Tests.Connect;

/// <summary>A client's files while somebody writes them.</summary>
public sealed class ClientFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("client-files-");
    private readonly WrittenLog<ClientFiles> _log = new();

    private string Certificate => Path.Combine(_folder.FullName, "vc.crt");

    private string Key => Path.Combine(_folder.FullName, "vc.key");

    private string Authority => Path.Combine(_folder.FullName, "ca.crt");

    [Fact]
    public void What_was_renewed_is_read_once_and_told_once()
    {
        Issue("vc");
        var files = new ClientFiles(Certificate, Key, Authority);
        var first = files.Current;
        Refresh(files);
        Assert.Same(first, files.Current);

        Issue("other");
        Refresh(files);

        Assert.Equal("other", files.Current.Name);
        Assert.StartsWith(
            $"Information: read {Certificate}, its key and the authority anew: 'other', good until ",
            Assert.Single(_log.Lines)
        );
    }

    [Fact]
    public void Half_of_the_files_is_told_once_and_leaves_the_former_ones_in_force()
    {
        Issue("vc");
        var files = new ClientFiles(Certificate, Key, Authority);
        var first = files.Current;
        var (certificate, key, authority) = (File.ReadAllBytes(Certificate), File.ReadAllBytes(Key), File.ReadAllBytes(Authority));
        Issue("other");
        var other = File.ReadAllBytes(Key);

        Action[] faults =
        [
            () => Write(certificate, other, authority),
            () => Write(certificate[..^40], key, authority),
            () => Write(certificate, key[..^40], authority),
            () => Write(certificate, key, []),
            () => File.Delete(Key),
        ];
        foreach (var fault in faults)
        {
            fault();
            Refresh(files);
        }

        Assert.Same(first, files.Current);
        Assert.Equal(faults.Length, _log.Lines.Count);
        Assert.All(_log.Lines, line =>
            Assert.EndsWith("; the former certificate, key and authority stay in force until the files fit together", line)
        );
        Write(certificate, key, authority);
        Refresh(files);
        Assert.NotSame(first, files.Current);
        Assert.Equal("vc", files.Current.Name);
    }

    [Fact]
    public void What_cannot_be_used_is_told_at_the_start()
    {
        Issue("vc");
        File.WriteAllText(Authority, "");

        Assert.Contains(
            "as --ca",
            Assert.Throws<ConfigurationException>(() => new ClientFiles(Certificate, Key, Authority)).Message,
            StringComparison.Ordinal
        );
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // As often as a probe looks while nothing changes.
    private void Refresh(ClientFiles files)
    {
        for (var look = 0; look < 3; look++)
        {
            files.Refresh(_log);
        }
    }

    private void Issue(string name)
    {
        using var authority = PrivateAuthority.Create("test", TimeProvider.System.GetUtcNow());
        authority.Write(Authority, Path.Combine(_folder.FullName, "ca.key"));
        using var client = authority.IssueClient(name);
        client.Write(Certificate, Key);
    }

    private void Write(byte[] certificate, byte[] key, byte[] authority)
    {
        File.WriteAllBytes(Certificate, certificate);
        File.WriteAllBytes(Key, key);
        File.WriteAllBytes(Authority, authority);
    }
}
