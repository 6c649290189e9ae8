using RemoteSigner.Administration;
using RemoteSigner.Audit;

namespace RemoteSigner.Host.Running;

/// <summary>Reads certificates, clients and the vault again, one reload at a time; what fails leaves the former state in place.</summary>
internal sealed class Reloading(IReadOnlyList<Reloading.Part> parts, Administrator administrator, TimeProvider time, ILogger<Reloading> log)
{
    private readonly Lock _gate = new();
    private ReloadReport _report = new("idle");
    private bool _again;
    private Task<ReloadReport>? _running;

    /// <summary>The state of the last or the running reload.</summary>
    public ReloadReport Report
    {
        get
        {
            lock (_gate)
            {
                return _report;
            }
        }
    }

    /// <summary>
    /// Starts a reload in the background, or another one behind that which is running: what was changed meanwhile may not be in it.
    /// </summary>
    public void Start()
    {
        lock (_gate)
        {
            _again = true;
        }

        _ = TryStart();
    }

    /// <summary>Starts a reload in the background; false when one is running.</summary>
    public bool TryStart() => TryStart(out _);

    /// <summary>A reload that begins after this call, to its end.</summary>
    public async Task<ReloadReport> ReloadAsync()
    {
        Task<ReloadReport> running;
        while (!TryStart(out running))
        {
            await running;
        }

        return await running;
    }

    private bool TryStart(out Task<ReloadReport> running)
    {
        lock (_gate)
        {
            if (_report.Status == "running")
            {
                running = _running!;
                return false;
            }

            _again = false;

            _report = new ReloadReport("running", LastOperationTime: time.GetUtcNow());
            running = _running = Task.Run(RunAsync);
        }

        return true;
    }

    private async Task<ReloadReport> RunAsync()
    {
        var (errors, notes) = (new List<string>(), new List<string>());
        foreach (var part in parts.Append(new Part("audit log", async () =>
                {
                    await administrator.ExecuteAsync(
                        new NoteAct(AuditActions.Reload, LastError(errors) ?? "clients, certificates and keys were read again"),
                        new Actor.Itself()
                    );
                    return null;
                })))
        {
            try
            {
                if (await part.ReloadAsync() is { } note)
                {
                    notes.Add(note);
                    log.LogWarning("{Note}", note);
                }
            }
            catch (Exception exception)
            {
                errors.Add($"{part.Name}: {exception.Message}");
                log.LogError(exception, "cannot reload {Part}; what was loaded before stays in force", part.Name);
            }
        }

        var status =
            errors.Count == 0 ? "completed"
            : errors.Count < parts.Count ? "completed_with_errors"
            : "failed";
        log.LogInformation("reload {Status}", status);
        var report = new ReloadReport(status, notes.Count == 0 ? null : string.Join("; ", notes), time.GetUtcNow(), LastError(errors));
        bool again;
        lock (_gate)
        {
            again = _again;
            _report = report;
        }

        if (again)
        {
            _ = TryStart();
        }

        return report;
    }

    private static string? LastError(List<string> errors) =>
        errors.Count == 0 ? null : $"{errors.Count} error(s): {string.Join("; ", errors)}";

    /// <summary>One thing that can be read again; what is worth telling of it, or null.</summary>
    internal sealed record Part(string Name, Func<Task<string?>> ReloadAsync);
}
