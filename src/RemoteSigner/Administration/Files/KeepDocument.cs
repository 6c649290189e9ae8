using RemoteSigner.Audit;
using RemoteSigner.Keys;

namespace RemoteSigner.Administration.Files;

/// <summary>
/// Keeps the document of a cluster and what anchors it, so that shares of it which are pushed later know where they belong. One that is
/// here already for the same reason stays as it is.
/// </summary>
public sealed class KeepDocument(AnchoredDocument document) : FileAct<AnchoredDocument>
{
    private byte[] _anchor = [];
    private string _path = "";
    private bool _isKept;

    public override string Action => AuditActions.ClusterDocument;

    internal override bool WantsVault => true;

    // The anchor is written last: without it the document says nothing.
    private protected override string Path => _path;

    private protected override ReadOnlyMemory<byte> Content => _anchor;

    private protected override string Detail =>
        $"{document.Document.Name} {document.Document.Hash}, {document.Document.GroupKeys.Count} validators, by {document.Reason}";

    internal override AnchoredDocument Result => document;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        if (
            new KnownShares(proceeding.AnchoredDocuments(await proceeding.HeldAsync()), proceeding.Vault.Contents.Shares).Against(
                document
            ) is
            { Count: > 0 } refusals
        )
        {
            throw new ImportException(refusals);
        }

        using var key = proceeding.Vault.DeriveAnchorKey();
        _isKept = AnchoredDocument.IsKept(proceeding.Library, document, key);
        (_anchor, _path) = (document.Anchor(key), proceeding.Library.Archive.AnchorPathOf(document.Document.Hash));
    }

    // The day on which it was first believed says how old it is.
    internal override Task<bool> CommitAsync(Proceeding proceeding) => _isKept ? Task.FromResult(false) : base.CommitAsync(proceeding);

    internal override Task FollowAsync(Proceeding proceeding)
    {
        proceeding.Library.Archive.Add(document.Json);
        return base.FollowAsync(proceeding);
    }
}
