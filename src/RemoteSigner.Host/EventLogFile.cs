using RemoteSigner.Native;

namespace RemoteSigner.Host;

/// <summary>
/// The firmware's event log as the kernel shows it. Reading needs root's leave; without it evidence goes without the log.
/// </summary>
internal sealed class EventLogFile(string? path, ILogger<EventLogFile> log)
{
    private const int MaxBytes = 4 << 20;

    private bool _told;

    /// <summary>Null where there is none or it may not be read, which is told once.</summary>
    public byte[]? Read()
    {
        if (path is null || !File.Exists(path))
        {
            return null;
        }

        try
        {
            return BoundedFile.ReadAllBytes(path, MaxBytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!Interlocked.Exchange(ref _told, true))
            {
                log.LogWarning("evidence goes without the firmware's event log: {Path}: {Reason}", path, exception.Message);
            }

            return null;
        }
    }
}
