using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>
/// How one token model is driven. The profiles in <c>hsm-profiles/</c> are built into the program; a site may give its own by path. A
/// token's quirk is a member here, never a condition on a name. Members: <c>hsm-profiles/README.md</c>.
/// </summary>
public sealed record HsmProfile(
    string Name,
    string Title,
    HsmModule Module,
    HsmLogin Login,
    IReadOnlyList<VaultSlotType> Mechanisms,
    HsmRsa Rsa,
    HsmAesGcm? AesGcm,
    HsmKeyTemplate KeyTemplate,
    HsmDataObjects DataObjects,
    HsmNativeBls? NativeBls,
    string Fips,
    string Attestation,
    string AuditPull,
    IReadOnlyList<string> Notes,
    HsmVerification? Verified
)
{
    private const string Folder = "hsm-profiles/";

    /// <summary>For editors; not used.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>The names of the profiles that are built in, sorted.</summary>
    public static IReadOnlyList<string> Names =>
        [
            .. Resources
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
                .Select(name => name[Folder.Length..^".json".Length])
                .Order(StringComparer.Ordinal),
        ];

    private static Assembly Resources => typeof(HsmProfile).Assembly;

    /// <summary>
    /// Gives the built-in profile of this name, or reads the file at this path (anything with a slash or ending in <c>.json</c>).
    /// </summary>
    /// <exception cref="HsmProfileException">There is none, or it breaks the schema.</exception>
    public static HsmProfile Get(string nameOrPath) =>
        IsPath(nameOrPath)
            ? Read(nameOrPath)
            : Find(nameOrPath)
                ?? throw new HsmProfileException(
                    $"there is no HSM profile named '{nameOrPath}'",
                    $"choose one of: {string.Join(", ", Names)}; or give the path of a profile"
                );

    /// <summary>Gives the built-in profile of this name, or null.</summary>
    public static HsmProfile? Find(string name)
    {
        using var stream = Names.Contains(name) ? Resources.GetManifestResourceStream($"{Folder}{name}.json") : null;
        if (stream is null)
        {
            return null;
        }

        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return Parse(copy.ToArray(), name);
    }

    /// <summary>Reads a profile's JSON (UTF-8); unknown, missing and doubled members are refused.</summary>
    /// <exception cref="HsmProfileException">It breaks the schema.</exception>
    public static HsmProfile Parse(ReadOnlySpan<byte> json, string origin)
    {
        var profile = SettingFaults.Read(json, HsmProfileJson.Default.HsmProfile, FrozenDictionary<string, string>.Empty, why =>
            Unusable(origin, why)
        );
        return profile.Faults().ToList() is { Count: > 0 } faults ? throw Unusable(origin, string.Join("; ", faults)) : profile;
    }

    /// <summary>The first of the module's usual places that exists; null when the module is not installed.</summary>
    public string? FindModule() => Module.Paths.FirstOrDefault(File.Exists);

    private static HsmProfileException Unusable(string origin, string why) =>
        new($"the HSM profile {origin} is not usable: {why}", "compare it with hsm-profiles/schema.json");

    private static bool IsPath(string text) =>
        text.Contains('/', StringComparison.Ordinal) || text.EndsWith(".json", StringComparison.Ordinal);

    private static HsmProfile Read(string path)
    {
        try
        {
            return Parse(BoundedFile.ReadAllBytes(path), path);
        }
        catch (IOException e)
        {
            throw new HsmProfileException(
                $"cannot read the HSM profile {path}: {e.Message}",
                $"give a path, or one of: {string.Join(", ", Names)}",
                e
            );
        }
    }

    private IEnumerable<string> Faults()
    {
        if (Module.Paths.Count == 0)
        {
            yield return "module.paths is empty";
        }

        if (Mechanisms.Count == 0 || Mechanisms.Distinct().Count() < Mechanisms.Count)
        {
            yield return "mechanisms lists one or more, each once";
        }

        if (Rsa.Bits is < 3072 or > 8192)
        {
            yield return "rsa.bits is 3072 to 8192";
        }

        if (Login.Threads is < 1 or > 16)
        {
            yield return "login.threads is 1 to 16";
        }

        if (Mechanisms.Contains(VaultSlotType.Pkcs11AesGcm) && AesGcm is null)
        {
            yield return "aesGcm is missing though mechanisms lists pkcs11AesGcm";
        }

        if (AesGcm is { } gcm && (gcm.IvBytes is < 12 or > 16 || gcm.TagBits is < 96 or > 128 || gcm.TagBits % 8 != 0))
        {
            yield return "aesGcm.ivBytes is 12 to 16 and aesGcm.tagBits 96 to 128";
        }

        if (DataObjects.LabelBytes is < HsmDataObjects.MinLabelBytes)
        {
            yield return $"dataObjects.labelBytes is {HsmDataObjects.MinLabelBytes} or more, or null";
        }

        if (DataObjects.Source.Length == 0)
        {
            yield return "dataObjects.source is empty";
        }

        if (KeyTemplate.Omit.Concat(KeyTemplate.Extra.Keys).FirstOrDefault(name => !HsmKeyTemplate.IsAttribute(name)) is { } unknown)
        {
            yield return $"keyTemplate names an unknown attribute {SettingFaults.Shown(unknown)}";
        }
    }
}

/// <summary>Where the vendor's library is.</summary>
/// <param name="Paths">Usual absolute paths, tried in order.</param>
/// <param name="ConfigEnvironment">The environment variable that names the module's configuration file; it must be set before the signer
/// starts.</param>
/// <param name="ConfigFile">The configuration file's usual place.</param>
public sealed record HsmModule(IReadOnlyList<string> Paths, string? ConfigEnvironment, string? ConfigFile);

/// <summary>How sessions are opened.</summary>
/// <param name="PinRequired">False for tokens whose library authenticates by itself.</param>
/// <param name="PinFormat">What the PIN looks like, for people.</param>
/// <param name="ReadWriteSession">True when the token refuses read-only sessions.</param>
/// <param name="Threads">Sessions used at the same time.</param>
/// <param name="MaxSessions">What the token can hold; null when unknown.</param>
public sealed record HsmLogin(bool PinRequired, string PinFormat, bool ReadWriteSession, int Threads, int? MaxSessions);

/// <summary>The RSA key-encryption key.</summary>
/// <param name="Bits">Length of the modulus.</param>
/// <param name="PublicHalf">Which object says the modulus.</param>
public sealed record HsmRsa(int Bits, HsmPublicHalf PublicHalf);

/// <summary>From which object of a key pair the modulus is read.</summary>
public enum HsmPublicHalf
{
    /// <summary>The private one, which is behind the login.</summary>
    Private,

    /// <summary>
    /// The public one, where the token keeps the modulus there alone: whoever may write public objects may put another in its place before
    /// the key is first used.
    /// </summary>
    Public,
}

/// <summary>How the token does AES-GCM.</summary>
/// <param name="IvSource">Who makes the IV.</param>
/// <param name="IvPlacement">Where a token's own IV appears.</param>
/// <param name="IvBytes">Its length, 12 to 16.</param>
/// <param name="TagBits">Length of the tag.</param>
/// <param name="MaxBytes">The longest message; null when unknown.</param>
public sealed record HsmAesGcm(HsmIvSource IvSource, HsmIvPlacement IvPlacement, int IvBytes, int TagBits, int? MaxBytes);

/// <summary>Who makes the IV of AES-GCM.</summary>
public enum HsmIvSource
{
    /// <summary>We give a random one.</summary>
    Caller,

    /// <summary>The token does: we give zeroes and <c>ulIvBits</c> 0.</summary>
    Token,
}

/// <summary>Where the IV of AES-GCM is after encryption.</summary>
public enum HsmIvPlacement
{
    /// <summary>In <c>pIv</c> of the mechanism parameter.</summary>
    Parameter,

    /// <summary>Behind ciphertext and tag.</summary>
    Suffix,

    /// <summary>Before the ciphertext.</summary>
    Prefix,
}

/// <summary>What becomes of a data object (<c>CKO_DATA</c>), which the anchor of rollback protection is.</summary>
/// <param name="Kept">Where it is.</param>
/// <param name="Private"><c>CKA_PRIVATE</c> of it: false where the token refuses private ones.</param>
/// <param name="LabelBytes">The longest label that comes back whole, 32 or more; null when no limit is known.</param>
/// <param name="Source">Whose word that is: the vendor's document or source, for people.</param>
public sealed record HsmDataObjects(HsmPlace Kept, bool Private, int? LabelBytes, string Source)
{
    /// <summary>The labels of this program's data objects are no longer.</summary>
    public const int MinLabelBytes = 32;

    /// <summary>Does a label of so many bytes come back whole?</summary>
    public bool KeepsLabelOf(int bytes) => LabelBytes is null || bytes <= LabelBytes;
}

/// <summary>Where a token keeps something.</summary>
public enum HsmPlace
{
    /// <summary>Nowhere: it refuses it.</summary>
    None,

    /// <summary>In files of the host that uses it: a disk image that is put back brings it along.</summary>
    Host,

    /// <summary>In the device.</summary>
    Device,
}

/// <summary>BLS signing inside the token, where a vendor has it; not used yet.</summary>
public sealed record HsmNativeBls(string Mechanism, string CurveOid, string SignatureEncoding);

/// <summary>The run that proved this profile.</summary>
public sealed record HsmVerification(DateOnly Date, string Version);
