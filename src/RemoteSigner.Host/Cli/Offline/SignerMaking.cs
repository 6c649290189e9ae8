using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// A data directory while <c>init</c> makes it. Unless it is kept, everything that was made for it is taken away again, the newest first:
/// objects in devices, then files. Nobody else makes one in the same folder meanwhile.
/// </summary>
internal sealed class SignerMaking : IAsyncDisposable
{
    private static readonly string[] _prefixes = ["vault", "ledger.sqlite", ".ledger.sqlite", "signer.json"];

    private readonly DataDirectory _data;
    private readonly bool _existed;
    private readonly HashSet<string> _before;
    private readonly FileStream _claim;
    private readonly Stack<(string What, Func<Task> TakeAwayAsync)> _made = new();
    private readonly List<IDisposable> _held = [];
    private bool _isKept;

    private SignerMaking(DataDirectory data, bool existed)
    {
        (_data, _existed) = (data, existed);
        _claim = Claim(data);
        _before = [.. Entries(data)];
    }

    /// <exception cref="CliError">There is a signer, or a part of one.</exception>
    public static void RequireVacant(DataDirectory data)
    {
        if (File.Exists(data.OptionsFile) || File.Exists(data.VaultFile) || File.Exists(data.LedgerFile))
        {
            throw File.Exists(data.OptionsFile)
                ? new CliError($"there is a signer in {data.Path} already", "choose another folder: a signer is never overwritten")
                : new CliError(
                    $"making a signer in {data.Path} was interrupted",
                    "it holds no share yet: remove the folder and repeat the command; a key that "
                        + "it made in the device, and its fence, may be left there"
                );
        }

        if (Certificates(data).FirstOrDefault() is { } file)
        {
            throw new CliError(
                $"{file} is there already, and init makes certificates of its own in its folder",
                "choose another folder, or move it away: nothing is overwritten"
            );
        }
    }

    /// <summary>Makes the folder, where there is none, and claims it.</summary>
    /// <exception cref="CliError">Somebody else is making a signer there, or has made one.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static SignerMaking Begin(DataDirectory data)
    {
        var existed = Directory.Exists(data.Path);
        Directory.CreateDirectory(data.Path, DataDirectory.Private);
        var making = new SignerMaking(data, existed);
        try
        {
            RequireVacant(data);
            return making;
        }
        catch
        {
            making._claim.Dispose();
            throw;
        }
    }

    /// <summary>Something stands outside the folder now, and goes away like this if the making fails.</summary>
    public void Made(string what, Func<Task> takeAwayAsync) => _made.Push((what, takeAwayAsync));

    /// <summary>Disposes it at the end, whatever the end is.</summary>
    public T Holds<T>(T held)
        where T : IDisposable
    {
        _held.Add(held);
        return held;
    }

    /// <summary>It is a signer now.</summary>
    public void Keep() => _isKept = true;

    public async ValueTask DisposeAsync()
    {
        while (!_isKept && _made.TryPop(out var made))
        {
            try
            {
                await made.TakeAwayAsync();
            }
            catch (Exception fault) when (fault is Sealing.SealingDeviceException or RollbackProtection.RollbackAnchorException)
            {
                StandardError.Console.WriteLine($"note: {made.What} could not be taken away again: {fault.Message}");
            }
        }

        _held.ForEach(held => held.Dispose());
        if (!_isKept)
        {
            TakeFilesAway();
        }

        await _claim.DisposeAsync();
        if (!_isKept && !_existed && !Directory.EnumerateFileSystemEntries(_data.Path).Any())
        {
            Directory.Delete(_data.Path);
        }
    }

    // What lay in the folder before is not ours. Longer paths first: files before their folders.
    private void TakeFilesAway()
    {
        foreach (
            var path in Entries(_data)
                .Where(path => !_before.Contains(path) && path != _claim.Name && IsOurs(path))
                .OrderByDescending(path => path.Length)
        )
        {
            if (!Directory.Exists(path))
            {
                File.Delete(path);
            }
            else if (!Directory.EnumerateFileSystemEntries(path).Any())
            {
                Directory.Delete(path);
            }
        }
    }

    // Whatever somebody else puts there meanwhile stays, and so does what a link leads to.
    private bool IsOurs(string path)
    {
        var name = Path.GetRelativePath(_data.Path, path).Split(Path.DirectorySeparatorChar)[0];
        return name is "tls" or "clients" or "tpm" || _prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static string[] Entries(DataDirectory data) =>
        Directory.GetFileSystemEntries(
            data.Path,
            "*",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
        );

    // The release key may be there: it is read then.
    private static IEnumerable<string> Certificates(DataDirectory data) =>
        new[] { data.TlsFolder, data.ClientsFolder }
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => Path.GetFileName(file) != ReleaseKeyOptions.FileName);

    // A lock of the kernel's, which ends with its process whatever happens; the file alone claims nothing.
    private static FileStream Claim(DataDirectory data)
    {
        try
        {
            return new FileStream(
                data.Resolve("init.lock"),
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    Options = FileOptions.DeleteOnClose,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            );
        }
        catch (IOException fault) when (File.Exists(data.Resolve("init.lock")))
        {
            throw new CliError($"another command is making a signer in {data.Path}: {fault.Message}", "wait for its end");
        }
    }
}
