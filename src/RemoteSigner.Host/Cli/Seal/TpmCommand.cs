using System.CommandLine;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Control;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Host.Cli;

/// <summary><c>tpm</c>: the TPM that opens the vault, and which states of the machine it may do that in.</summary>
internal static class TpmCommand
{
    private static readonly Option<bool> WithPin = new("--with-pin")
    {
        Description =
            "want a person's PIN as well (tpm.pin in signer.json says where it comes from); wrong ones count towards the TPM's lockout",
    };
    private static readonly Option<bool> WithoutPin = new("--without-pin")
    {
        Description = "open the vault without a PIN from now on, where the slot of this TPM has wanted one",
    };
    private static readonly Option<string?> NewPin = new("--new-pin-file")
    {
        Description =
            "file with the PIN that is wanted from now on, where it is another than "
            + "the one in tpm.pin, which opens the vault this last time",
        HelpName = "FILE",
    };

    private static readonly Option<bool> AnotherTpm = new("--another-tpm")
    {
        Description = "this is another TPM than those that the vault has slots for: believe the storage root key that it shows",
    };

    /// <summary>The owner hierarchy's authorization value.</summary>
    public static Option<string?> OwnerAuthFile { get; } =
        new("--owner-auth-file")
        {
            Description = "file with the owner hierarchy's authorization value, where the TPM has one",
            HelpName = "FILE",
        };

    /// <summary>The authorities that the certificate of an endorsement key must lead to.</summary>
    public static Option<string?> EkRoots { get; } =
        new("--ek-roots")
        {
            Description =
                "authorities of TPM makers: the certificate of a TPM that gets its first slot must lead "
                + "to one; without this it is shown, and believed where there is none",
            HelpName = "PEM",
        };

    public static Command Create()
    {
        var provision = new Command(
            "provision",
            "Give the vault a slot under this machine's TPM, opened through its present seal; repeat it "
                + "for another release key or PIN, which gives the vault another root key"
        )
        {
            ReleaseKeyOptions.Key,
            ReleaseKeyOptions.Password,
            OwnerAuthFile,
            WithPin,
            WithoutPin,
            NewPin,
            AnotherTpm,
            EkRoots,
            RecoveryOptions.OptionalKey,
            RecoveryOptions.Password,
            RekeyOptions.Drop,
            RekeyOptions.Recovery,
        };
        provision.SetAction((parsed, _) => ProvisionAsync(parsed));
        var revoke = new Command(
            "revoke",
            "Give the vault another root key, in a sealed object that only what runs now "
                + "opens, then raise the TPM's counter: every older approval is void"
        )
        {
            ReleaseKeyOptions.PrivateKey,
            ReleaseKeyOptions.Password,
            OwnerAuthFile,
            RecoveryOptions.OptionalKey,
            RecoveryOptions.Password,
            RekeyOptions.Drop,
            RekeyOptions.Recovery,
        };
        revoke.SetAction((parsed, _) => RevokeAsync(parsed));
        return new Command("tpm", "The TPM 2.0 that opens the vault")
        {
            provision,
            TpmStatusCommand.Create(),
            TpmApproveCommand.Create(),
            revoke,
        };
    }

    /// <summary>
    /// Prepares a TPM for a vault. On whose word a storage root key is taken that nobody has recorded is said on the console; also for
    /// <c>init</c>.
    /// </summary>
    public static TpmProvisioning Provisioning(
        ParseResult parsed,
        SealingTpm tpm,
        ReleaseKey release,
        SignerOptions options,
        bool wantsPin,
        PinSource? newPin = null
    )
    {
        var makers = parsed.GetValue(EkRoots) is { } roots ? ExpectationFiles.Authorities(roots) : null;
        var check = new StorageRootCheck(tpm, makers, TimeProvider.System.GetUtcNow());
        return new TpmProvisioning(tpm, release, Pcrs(options), wantsPin)
        {
            Judge = async root => StandardError.Console.WriteLine(await check.AskAsync(root)),
            MayDropPin = parsed.GetValue(WithoutPin),
            NewPin = newPin,
        };
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
            ?? throw new CliError(
                $"the vault has no slot for the {tpm.Description}, whose storage root key is {root}",
                "'remote-signer seal status' lists the slots; 'remote-signer tpm provision' adds one"
            );
    }

    private static async Task<int> ProvisionAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        signer.Options.Tpm.OwnerAuthFile = parsed.GetValue(OwnerAuthFile) is { } file
            ? Path.GetFullPath(file)
            : signer.Options.Tpm.OwnerAuthFile;
        using var release = ReleaseKeyOptions.ReadOrMake(parsed, signer.Data, signer.Arena);
        using var recovery = RecoveryOptions.Find(parsed, signer.Arena);
        signer.Site.Key = async () => recovery ?? await signer.Keys.FindKeyForChangeAsync();
        if (parsed.GetValue(WithPin) && parsed.GetValue(WithoutPin))
        {
            throw CliError.OfUsage("--with-pin and --without-pin exclude each other", "say one of the two");
        }

        var newPin = parsed.GetValue(NewPin);
        signer.Site.IsAnotherTpm = parsed.GetValue(AnotherTpm);
        var provisioning = Provisioning(
            parsed,
            signer.Keys.Hardware.Tpm,
            release,
            signer.Options,
            parsed.GetValue(WithPin) || newPin is not null,
            newPin is null ? null : new PinSource.FromFile(Path.GetFullPath(newPin))
        );
        using var reach = ReachOf(parsed, signer, recovery);
        var line = await ProvisionAsync(signer, provisioning, release, reach.Slots);
        line.Print(parsed);
        if (newPin is not null)
        {
            StandardError.Console.WriteLine("the new PIN is wanted from now on: put it where tpm.pin in signer.json says");
        }

        if (!signer.Options.SealsWithTpm)
        {
            StandardError.Console.WriteLine(
                "the vault also opens through its former slots; to open it by the TPM at start, set seal.profile to tpm in signer.json"
            );
        }

        return ExitCodes.Done;
    }

    private static async Task<TpmProvisionLine> ProvisionAsync(
        OfflineSigner signer,
        TpmProvisioning provisioning,
        ReleaseKey release,
        SlotReach reach
    )
    {
        var tpm = signer.Keys.Hardware.Tpm.Description;
        var others = Vault.List(signer.Data.VaultFile).Slots.Where(slot => slot.Type == VaultSlotType.Tpm2Sealed).ToList();
        var (key, approval) = await signer.ExecuteAsync(new ProvisionTpm(provisioning, release, tpm, Label(signer.Options), Now(), reach));
        foreach (var slot in others.Where(slot => !slot.BelongsTo(key) && !reach.Drops(slot)))
        {
            StandardError.Console.WriteLine(
                $"the slot of another TPM or of another storage root key stays, '{slot.Label}' "
                    + $"({slot.KeyIdText}): where it is to end, repeat the command with --drop {slot.KeyIdText}"
            );
        }

        return LineOf(tpm, key, approval, release, null);
    }

    private static OpenReach ReachOf(ParseResult parsed, OfflineSigner signer, RecoveryKey? recovery) =>
        new(
            signer.Keys,
            signer.Options,
            recovery is null ? [] : [recovery],
            RekeyOptions.Get(parsed) with
            {
                ReleaseKey = null,
                ReleaseKeyPassword = null,
            },
            signer.Arena
        );

    /// <summary>What is printed of a slot under a TPM; also for <c>init</c>.</summary>
    public static TpmProvisionLine LineOf(string tpm, TpmSealedKey key, TpmApproval? approval, ReleaseKey release, TimeSpan? took) =>
        new(
            tpm,
            Convert.ToHexStringLower(key.Id.Span),
            release.Name.ToString(),
            approval?.Pcrs.ToString(),
            approval is null ? null : Convert.ToHexStringLower(approval.PcrDigest),
            took?.TotalMilliseconds
        );

    /// <summary>A slot's name for people.</summary>
    public static string Label(SignerOptions options) =>
        options.Tpm.Address is { Length: <= 64 } address ? address : options.Tpm.Address[..64];

    private static async Task<int> RevokeAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        signer.Options.Tpm.OwnerAuthFile = parsed.GetValue(OwnerAuthFile) is { } file
            ? Path.GetFullPath(file)
            : signer.Options.Tpm.OwnerAuthFile;
        using var release = ReleaseKeyOptions.ReadPrivate(parsed, signer.Arena);
        using var recovery = RecoveryOptions.Find(parsed, signer.Arena);
        signer.Site.Key = async () => recovery ?? await signer.Keys.FindKeyForChangeAsync();
        var tpm = signer.Keys.Hardware.Tpm;
        using var reach = ReachOf(parsed, signer, recovery);
        var seal = await SealOfAsync(signer.Data, tpm);
        var provisioning = new TpmProvisioning(tpm, release, Pcrs(signer.Options), seal.WantsPin) { Judge = seal.RequireRootAsync };
        var (approval, beyond) = await signer.ExecuteAsync(new RevokeFirmware(tpm, provisioning, release, Now(), reach.Slots));
        StandardError.Console.WriteLine(
            $"revoked: only what runs now opens the vault ({approval.Pcrs} "
                + $"{Convert.ToHexStringLower(approval.PcrDigest)}, count {approval.AtMost}); "
                + $"approve other firmware anew with {tpm.Approvals.RequestFile}"
        );
        foreach (var left in beyond)
        {
            StandardError.Console.WriteLine(
                $"the approval '{left.Label}' of {left.Pcrs} {Convert.ToHexStringLower(left.PcrDigest)} was made for a count "
                    + $"up to {left.AtMost}, which the TPM's does not reach: where its signature is good, by this release key "
                    + "or one of before, it still opens copies of the vault from before with this TPM, and nothing newer"
            );
        }

        return ExitCodes.Done;
    }
}
