using System.Collections.Immutable;
using System.Text.Json;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// Partial signatures that an operator sends to the one who collects them: of one duty, for validators of one lock. Nothing in it is
/// believed: whoever reads it says which message he wants, and verifies every signature under the public shares of his own lock. The room's
/// README has the format.
/// </summary>
public sealed record PartialsFile(string Duty, Root LockHash, ImmutableArray<PartialsFile.Entry> Validators)
{
    private const string Format = "remote-signer-partials";
    private const int Version = 1;
    private const int MaxBytes = 64 * 1024 * 1024;
    private const int MaxValidators = 65536;
    private const int MaxShares = 256;
    private const int LongestText = 512;
    private const string WrittenBy = "give a file that '--write-partials' wrote";

    /// <summary>What was signed for one validator: <paramref name="Message"/> is for people, the root is what counts.</summary>
    public sealed record Entry(BlsPublicKey GroupKey, string Message, Root SigningRoot, ImmutableArray<PartialSignature> Partials);

    /// <exception cref="ClusterFileException">It is none of these files.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PartialsFile Open(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxBytes
                ? Parse(BoundedFile.ReadAllBytes(path, MaxBytes))
                : throw new ClusterFileException(ClusterFileFault.TooLarge, $"it has more than {MaxBytes} bytes", WrittenBy);
        }
        catch (ClusterFileException fault)
        {
            // One of several, as a rule.
            throw new ClusterFileException(fault.Fault, $"{path}: {fault.Message}", fault.Hint);
        }
    }

    /// <exception cref="ClusterFileException">It is none of these files.</exception>
    public static PartialsFile Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonMembers.Open(json);
        var root = new JsonMembers(document.RootElement, "");
        if (!root.Has("format") || root.Text("format", LongestText) != Format)
        {
            throw new ClusterFileException(ClusterFileFault.Malformed, "the file holds no partial signatures", WrittenBy);
        }

        if (root.Number("version", 1, int.MaxValue) != Version)
        {
            throw new ClusterFileException(
                ClusterFileFault.UnknownVersion,
                $"the file is of a later version than {Version}",
                "a newer version of this program wrote it: use that one, or have it written by this one"
            );
        }

        var file = new PartialsFile(
            root.Text("duty", LongestText),
            new Root(root.Bytes("lock_hash", Root.Length)),
            root.Objects("validators", MaxValidators, ReadEntry)
        );
        root.RefuseUnread();
        return file.Validators.DistinctBy(entry => entry.GroupKey).Count() == file.Validators.Length
            ? file
            : throw root.Malformed("validators", "has a validator twice");
    }

    /// <summary>The file's bytes.</summary>
    public byte[] Write()
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteNumber("version", Version);
            writer.WriteString("duty", Duty);
            writer.WriteString("lock_hash", LockHash.ToString());
            writer.WriteStartArray("validators");
            foreach (var entry in Validators)
            {
                Write(writer, entry);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return text.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, Entry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("pubkey", entry.GroupKey.ToString());
        writer.WriteString("message", entry.Message);
        writer.WriteString("signing_root", entry.SigningRoot.ToString());
        writer.WriteStartArray("partials");
        foreach (var partial in entry.Partials)
        {
            writer.WriteStartObject();
            writer.WriteNumber("share_index", partial.ShareIndex);
            writer.WriteString("signature", partial.Signature.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static Entry ReadEntry(JsonMembers members) =>
        new(
            new BlsPublicKey(members.Bytes("pubkey", BlsPublicKey.Length)),
            members.Text("message", LongestText),
            new Root(members.Bytes("signing_root", Root.Length)),
            members.Objects("partials", MaxShares, partial => new PartialSignature(
                partial.Number("share_index"),
                new BlsSignature(partial.Bytes("signature", BlsSignature.Length))
            ))
        );
}
