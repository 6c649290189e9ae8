using System.CommandLine;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// Which device may be the anchor of rollback protection: a token as far as its HSM profile says that data objects are out of a disk
/// image's reach, or a person says that it may be all the same.
/// </summary>
internal static class RollbackAnchorChoice
{
    /// <summary>For <c>init</c>, <c>rollback-protection enrol</c> and <c>rollback-protection move</c>.</summary>
    public static readonly Option<bool> OnHost = new("--anchor-on-host")
    {
        Description =
            "let a token be the anchor that keeps its data objects in files of this host: an image of the "
            + "disk that is put back brings the anchor back with it, and nobody notices",
    };

    /// <summary>The device that opens the vault; a TPM beside a token that keeps no data objects.</summary>
    public static string DefaultOf(DataDirectory data, SignerOptions options) =>
        options.SealsWithTpm || TokenAccess.Profile(data, options.Seal).DataObjects.Kept == HsmPlace.None
            ? RollbackProtectionOptions.Tpm
            : RollbackProtectionOptions.Token;

    /// <exception cref="CliError">The token keeps no data objects, or keeps them on the host and nobody said that this may be.</exception>
    public static void Require(DataDirectory data, SignerOptions options, string anchor, bool mayBeOnHost)
    {
        if (anchor != RollbackProtectionOptions.Token)
        {
            return;
        }

        var profile = TokenAccess.Profile(data, options.Seal);
        if (profile.DataObjects.Kept == HsmPlace.None)
        {
            throw new CliError(
                $"a token of the profile {profile.Name} keeps no data objects, and the "
                    + $"anchor of rollback protection would be one ({profile.DataObjects.Source})",
                "let a TPM be the anchor (tpm), or run without one (none)"
            );
        }

        if (profile.DataObjects.Kept == HsmPlace.Host && !mayBeOnHost)
        {
            throw new CliError(
                $"a token of the profile {profile.Name} keeps data objects in files of this host "
                    + $"({profile.DataObjects.Source}): as anchor of rollback protection it notices a "
                    + "folder that is put back, and no image of the whole disk",
                $"let a TPM be the anchor (tpm), or say {OnHost.Name}"
            );
        }
    }

    /// <summary>Is there a TPM that could be the anchor?</summary>
    /// <exception cref="CliError">There is none, and nobody chose it; or it has no storage root key.</exception>
    /// <exception cref="SealingTpmException">There is none.</exception>
    public static async Task TryTpmAsync(Hardware hardware, SignerOptions options, bool isChosen)
    {
        try
        {
            if ((await TpmState.ReadAsync(hardware.Tpm, null, TpmCommand.Pcrs(options))).Root is null)
            {
                throw new CliError(
                    $"the {hardware.Tpm.Description} is to be the anchor of rollback protection, and has no storage root key",
                    "give it one at 0x81000001, as systemd-tpm2-setup does, or run without a fence: --rollback-protection none"
                );
            }
        }
        catch (SealingTpmException fault) when (!isChosen)
        {
            throw new CliError(
                "nothing here can notice an old copy of the folder: a token of the profile "
                    + $"{options.Seal.Profile} keeps no data objects, and there is no TPM ({fault.Message})",
                "name the TPM with --tpm, or run without a fence, where an old copy of the "
                    + "ledger that is put back leads to slashing: --rollback-protection none"
            );
        }
    }
}
