using System.CommandLine;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// Which device may be the witness of freshness: a token as far as its HSM profile says that data objects are out of a disk image's reach,
/// or a person says that it may be all the same.
/// </summary>
internal static class WitnessChoice
{
    /// <summary>For <c>init</c>, <c>freshness enrol</c> and <c>freshness move</c>.</summary>
    public static readonly Option<bool> OnHost = new("--witness-on-host")
    {
        Description =
            "let a token be the witness that keeps its data objects in files of this host: an image of the "
            + "disk that is put back brings the witness back with it, and nobody notices",
    };

    /// <summary>The device that opens the vault; a TPM beside a token that keeps no data objects.</summary>
    public static string DefaultOf(DataDirectory data, SignerOptions options) =>
        options.SealsWithTpm || TokenAccess.Profile(data, options.Seal).DataObjects.Kept == HsmPlace.None
            ? FreshnessOptions.Tpm
            : FreshnessOptions.Token;

    /// <exception cref="CliError">The token keeps no data objects, or keeps them on the host and nobody said that this may be.</exception>
    public static void Require(DataDirectory data, SignerOptions options, string witness, bool mayBeOnHost)
    {
        if (witness != FreshnessOptions.Token)
        {
            return;
        }

        var profile = TokenAccess.Profile(data, options.Seal);
        if (profile.DataObjects.Kept == HsmPlace.None)
        {
            throw new CliError(
                $"a token of the profile {profile.Name} keeps no data objects, and the "
                    + $"witness of freshness would be one ({profile.DataObjects.Source})",
                "let a TPM be the witness (tpm), or run without one (none)"
            );
        }

        if (profile.DataObjects.Kept == HsmPlace.Host && !mayBeOnHost)
        {
            throw new CliError(
                $"a token of the profile {profile.Name} keeps data objects in files of this host "
                    + $"({profile.DataObjects.Source}): as witness of freshness it notices a "
                    + "folder that is put back, and no image of the whole disk",
                $"let a TPM be the witness (tpm), or say {OnHost.Name}"
            );
        }
    }

    /// <summary>Is there a TPM that could be the witness?</summary>
    /// <exception cref="CliError">There is none, and nobody chose it; or it has no storage root key.</exception>
    /// <exception cref="SealingTpmException">There is none.</exception>
    public static async Task TryTpmAsync(Hardware hardware, SignerOptions options, bool isChosen)
    {
        try
        {
            if ((await TpmState.ReadAsync(hardware.Tpm, null, TpmCommand.Pcrs(options))).Root is null)
            {
                throw new CliError(
                    $"the {hardware.Tpm.Description} is to be the witness of freshness, and has no storage root key",
                    "give it one at 0x81000001, as systemd-tpm2-setup does, or run without a fence: --freshness none"
                );
            }
        }
        catch (SealingTpmException fault) when (!isChosen)
        {
            throw new CliError(
                "nothing here can notice an old copy of the folder: a token of the profile "
                    + $"{options.Seal.Profile} keeps no data objects, and there is no TPM ({fault.Message})",
                "name the TPM with --tpm, or run without a fence, where an old copy of the "
                    + "ledger that is put back leads to slashing: --freshness none"
            );
        }
    }
}
