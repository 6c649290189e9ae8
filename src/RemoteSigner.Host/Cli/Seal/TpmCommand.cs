using System.CommandLine;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Host.Cli;

/// <summary><c>tpm</c>: the TPM that opens the vault, and which states of the machine it may do that in.</summary>
internal static class TpmCommand
{
    private static readonly Option<bool> WithPin = new("--with-pin") { Description = "want a person's PIN as well (tpm.pin in signer.json says where it comes from); wrong ones count towards the TPM's lockout" };

    /// <summary>The owner hierarchy's authorization value.</summary>
    public static Option<string?> OwnerAuthFile { get; } = new("--owner-auth-file") { Description = "file with the owner hierarchy's authorization value, where the TPM has one", HelpName = "FILE" };

    public static Command Create()
    {
        var provision = new Command("provision", "Give the vault a slot under this machine's TPM, opened through its present seal; repeat it for another release key or PIN")
        {
            ReleaseKeyOptions.Key, ReleaseKeyOptions.Password, OwnerAuthFile, WithPin, RecoveryOptions.OptionalKey, RecoveryOptions.Password,
        };
        provision.SetAction((parsed, _) => ProvisionAsync(parsed));
        var revoke = new Command("revoke", "Approve what runs now anew, then raise the TPM's counter: every older approval is dead") { ReleaseKeyOptions.PrivateKey, ReleaseKeyOptions.Password, OwnerAuthFile };
        revoke.SetAction((parsed, _) => RevokeAsync(parsed));
        return new Command("tpm", "The TPM 2.0 that opens the vault") { provision, TpmStatusCommand.Create(), TpmApproveCommand.Create(), revoke };
    }

    /// <summary>Which PCRs signer.json names.</summary>
    public static TpmlPcrSelection Pcrs(SignerOptions options) => TpmlPcrSelection.Sha256([.. options.Tpm.Pcrs]);

    /// <summary>For people: what runs at this moment.</summary>
    public static string Now() => $"what ran on {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm}";

    /// <summary>The slot that belongs to this machine's TPM.</summary>
    /// <exception cref="CliError">There is none.</exception>
    public static async Task<TpmSeal> SealOfAsync(DataDirectory data, SealingTpm tpm)
    {
        var root = await tpm.ReadNameAsync();
        return TpmSeal.Of(Vault.List(data.VaultFile)).FirstOrDefault(seal => seal.Root.Equals(root))
            ?? throw new CliError($"the vault has no slot for the {tpm.Description}, whose storage root key is {root}", "'remote-signer seal status' lists the slots; 'remote-signer tpm provision' adds one");
    }

    private static async Task<int> ProvisionAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        signer.Options.Tpm.OwnerAuthFile = parsed.GetValue(OwnerAuthFile) is { } file ? Path.GetFullPath(file) : signer.Options.Tpm.OwnerAuthFile;
        using var release = ReleaseKeyOptions.ReadOrMake(parsed, signer.Data, signer.Arena);
        using var recovery = RecoveryOptions.Find(parsed, signer.Arena);
        signer.Site.Key = async () => recovery ?? await signer.Keys.FindKeyForChangeAsync();
        var provisioning = new TpmProvisioning(signer.Keys.Hardware.Tpm, release, Pcrs(signer.Options), parsed.GetValue(WithPin));
        var line = await ProvisionAsync(signer, provisioning, release);
        line.Print(parsed);
        if (!signer.Options.SealsWithTpm)
        {
            StandardError.Console.WriteLine("the vault opens through its former slots, too; to open it by the TPM at start, set seal.profile to tpm in signer.json");
        }

        return 0;
    }

    private static async Task<TpmProvisionLine> ProvisionAsync(OfflineSigner signer, TpmProvisioning provisioning, ReleaseKey release)
    {
        var tpm = signer.Keys.Hardware.Tpm.Description;
        var (key, approval, took) = await signer.ExecuteAsync(new ProvisionTpm(provisioning, release, tpm, Label(signer.Options), Now(), TimeProvider.System));
        return LineOf(tpm, key, approval, release, took);
    }

    /// <summary>What is printed of a slot under a TPM; also for <c>init</c>.</summary>
    public static TpmProvisionLine LineOf(string tpm, TpmSealedKey key, TpmApproval? approval, ReleaseKey release, TimeSpan? took) => new(
        tpm, Convert.ToHexStringLower(key.Id.Span), release.Name.ToString(), approval?.Pcrs.ToString(), approval is null ? null : Convert.ToHexStringLower(approval.PcrDigest), took?.TotalMilliseconds);

    /// <summary>A slot's name for people.</summary>
    public static string Label(SignerOptions options) => options.Tpm.Address is { Length: <= 64 } address ? address : options.Tpm.Address[..64];

    private static async Task<int> RevokeAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        signer.Options.Tpm.OwnerAuthFile = parsed.GetValue(OwnerAuthFile) is { } file ? Path.GetFullPath(file) : signer.Options.Tpm.OwnerAuthFile;
        using var release = ReleaseKeyOptions.ReadPrivate(parsed, signer.Arena);
        var tpm = signer.Keys.Hardware.Tpm;
        var seal = await SealOfAsync(signer.Data, tpm);
        var approval = await signer.ExecuteAsync(new RevokeFirmware(() => TpmRevocation.PrepareAsync(tpm, seal, release, Pcrs(signer.Options), Now())));
        StandardError.Console.WriteLine($"revoked: only what runs now opens the vault (count {approval.AtMost}); approve other firmware anew with {tpm.Approvals.RequestFile}");
        return 0;
    }
}
