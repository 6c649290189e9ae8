using RemoteSigner.Clusters;

namespace RemoteSigner.Administration.Files;

/// <summary>Keeps the document of a cluster that was verified, so that shares of it which are pushed later know where they belong.</summary>
public sealed class KeepDocument(ReadOnlyMemory<byte> json, ClusterArchive archive) : FileAct<ClusterDocument>
{
    private readonly ClusterDocument _document = ClusterDocument.Read(json);

    public override string Action => "cluster.document";

    private protected override string Path => archive.PathOf(_document.Hash);

    private protected override ReadOnlyMemory<byte> Content => json;

    private protected override string Detail => $"{_document.Name} {_document.Hash}, {_document.GroupKeys.Count} validators";

    internal override ClusterDocument Result => _document;

    internal override Task FollowAsync(Proceeding proceeding)
    {
        archive.Add(json);
        return Task.CompletedTask;
    }
}
