namespace RemoteSigner.Administration.Files;

/// <summary>
/// Keeps one public file that a person had made: a certificate or a revocation list, signed with the authority's key, or <c>signer.json</c>
/// with a setting changed. The result is its path.
/// </summary>
/// <param name="action">Such as <c>tls.issue</c>.</param>
public sealed class KeepFile(string action, string path, ReadOnlyMemory<byte> content, string detail) : FileAct<string>
{
    public override string Action => action;

    private protected override string Path => path;

    private protected override ReadOnlyMemory<byte> Content => content;

    private protected override string Detail => detail;

    internal override string Result => path;
}
