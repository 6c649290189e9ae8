using RemoteSigner.Native;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// The folder <c>tpm</c> of a data directory: approvals, one file each, and what a further one must be made out to. A file that somebody
/// copied into it counts as well.
/// </summary>
public sealed class FirmwareApprovalFolder(string path)
{
    private const string Ending = ".approval.json";
    private const int MaxBytes = 16 * 1024;

    public string Path => path;

    public string RequestFile => System.IO.Path.Combine(path, "request.json");

    /// <summary>Every file that is called an approval, in the order of the names; what is wrong with one hinders no other.</summary>
    public IReadOnlyList<Entry> Read() =>
        Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*" + Ending).Order(StringComparer.Ordinal).Select(ReadOne)] : [];

    /// <summary>Durable when it returns; the file's path.</summary>
    public string Add(TpmApproval approval)
    {
        var file = PathOf(approval);
        Write(file, FirmwareApprovalJson.Write(approval));
        return file;
    }

    /// <summary>Where an approval lies, or would lie.</summary>
    public string PathOf(TpmApproval approval) => System.IO.Path.Combine(path, approval.Name + Ending);

    public void WriteRequest(FirmwareApprovalRequest request) => Write(RequestFile, FirmwareApprovalJson.Write(request));

    private void Write(string file, byte[] content)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DurableFile.Replace(file, content);
    }

    private static Entry ReadOne(string file)
    {
        var name = System.IO.Path.GetFileName(file);
        try
        {
            return new FileInfo(file).Length <= MaxBytes
                ? new Entry(name, FirmwareApprovalJson.ReadApproval(BoundedFile.ReadAllBytes(file, MaxBytes)), null)
                : new Entry(name, null, "it is too long");
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            return new Entry(name, null, e.Message);
        }
    }

    /// <summary>A file: the approval in it, or what is wrong with it.</summary>
    public sealed record Entry(string Name, TpmApproval? Approval, string? Problem);
}
