using RemoteSigner.Administration.Keys;

namespace RemoteSigner.Host.Http;

/// <summary>How one key of a request fared, in the Keymanager API's words, with a message where there is something to say.</summary>
internal sealed record KeymanagerItem(string Status, string? Message = null)
{
    public const string Error = "error";

    public static KeymanagerItem Imported { get; } = new("imported");

    public static KeymanagerItem Duplicate { get; } = new("duplicate");

    public static KeymanagerItem Deleted { get; } = new("deleted");

    public static KeymanagerItem NotActive { get; } = new("not_active");

    public static KeymanagerItem NotFound { get; } = new("not_found");

    public static KeymanagerItem Of(PushedShare share) =>
        share switch
        {
            PushedShare.Duplicate => Duplicate,
            PushedShare.Unplaced(var dispute) => Imported with { Message = $"it came in without its place in a cluster: {dispute}" },
            _ => Imported,
        };

    public static KeymanagerItem Of(DeletedShare share) =>
        share switch
        {
            DeletedShare.Deleted => Deleted,
            DeletedShare.NotActive => NotActive,
            _ => NotFound,
        };

    /// <summary>It was refused, for a reason that may have a part of it in it.</summary>
    public static KeymanagerItem Failed(string reason) => new(Error, PeerText.Shown(reason, 2 * PeerText.Most));

    /// <summary>Nothing was wrong with it, but with another of its batch.</summary>
    public static KeymanagerItem NotKept { get; } = new(Error, "not_kept: nothing of a batch is kept when one of it is refused");
}
