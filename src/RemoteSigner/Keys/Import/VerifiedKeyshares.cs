using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>
/// SSV's keyshares, every validator of which has passed every check, with the bytes they were read from. The checks show that the file
/// agrees with itself. They do not show whose validators these are: a stranger may list our operator's public share, and what is encrypted
/// to it, under a validator of his own.
/// </summary>
public sealed class VerifiedKeyshares
{
    private VerifiedKeyshares(ClusterDocument.SsvShares document, ReadOnlyMemory<byte> json, string name) =>
        (Document, Json, Name) = (document, json, name);

    public ClusterDocument.SsvShares Document { get; }

    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>What messages call the file.</summary>
    public string Name { get; }

    /// <summary>Reads and verifies a <c>keyshares.json</c>.</summary>
    /// <exception cref="ClusterFileException">It cannot be understood.</exception>
    /// <exception cref="ImportException">A check failed; all that failed are listed by their codes.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static VerifiedKeyshares Open(string path) =>
        new FileInfo(path).Length is var length && length <= KeysharesJson.MaxBytes
            ? Of(BoundedFile.ReadAllBytes(path, KeysharesJson.MaxBytes), path)
            : throw KeysharesJson.TooLarge(length);

    /// <summary>The same of bytes; <paramref name="name"/> is what messages call them.</summary>
    public static VerifiedKeyshares Of(ReadOnlyMemory<byte> json, string name)
    {
        var verified = new VerifiedKeyshares(new ClusterDocument.SsvShares(json), json, name);
        List<ImportRefusal> refusals =
        [
            .. KeysharesVerifier
                .Verify(verified.Document.File)
                .Where(verdict => verdict.Verdict is CheckVerdict.Failed)
                .Select(verdict => (verdict.Position, verdict.Code, Failed: (CheckVerdict.Failed)verdict.Verdict))
                .Select(verdict => new ImportRefusal(
                    verdict.Code,
                    verified.Subject(verdict.Position),
                    verdict.Failed.Problem,
                    verdict.Failed.Hint
                )),
        ];
        return refusals.Count == 0 ? verified : throw new ImportException(refusals);
    }

    /// <summary>What messages call one of its validators.</summary>
    internal string Subject(int position) => $"{Name} shares[{position}] ({Document.File.Validators[position].GroupKey})";
}
