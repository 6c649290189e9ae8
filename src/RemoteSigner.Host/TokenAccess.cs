using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Host;

/// <summary>From the configuration to a token with its PIN.</summary>
internal static class TokenAccess
{
    /// <summary>Finds profile and module, and reads the PIN into secret memory. Nothing of the token is touched yet.</summary>
    public static Pkcs11Token Open(DataDirectory data, SealOptions options, SecretArena arena, TimeProvider time)
    {
        var profile = Profile(data, options);
        var module = options.Module
            ?? profile.FindModule()
            ?? throw new TokenException(
                TokenFault.ModuleMissing,
                $"the PKCS#11 module of the profile {profile.Name} is not installed at {string.Join(" or ", profile.Module.Paths)}",
                "install the vendor's library, or name it as seal.module in signer.json"
            );
        var pin = profile.Login.PinRequired ? PinOf(data, options).Read(arena) : null;
        return new Pkcs11Token(profile, new TokenAddress(module, options.Token, options.Serial), pin, arena, time);
    }

    /// <summary>Does the token want a PIN?</summary>
    public static bool AsksPin(DataDirectory data, SealOptions options) => Profile(data, options).Login.PinRequired;

    /// <summary>How the token is driven.</summary>
    /// <exception cref="HsmProfileException">There is no such profile, or it breaks the schema.</exception>
    public static HsmProfile Profile(DataDirectory data, SealOptions options) =>
        HsmProfile.Find(options.Profile)
        ?? HsmProfile.Get(options.Profile.Contains('/', StringComparison.Ordinal) ? data.Resolve(options.Profile) : options.Profile);

    /// <summary>
    /// Where the token's PIN comes from: the place that the configuration names; without one the person at the terminal is asked.
    /// </summary>
    public static PinSource PinOf(DataDirectory data, SealOptions options) => PinSourceOf(data, options.Pin, "token", "seal.pin");

    /// <summary>Where the PIN of the TPM's slots comes from, in the same way.</summary>
    public static PinSource PinOf(DataDirectory data, TpmOptions options) => PinSourceOf(data, options.Pin, "TPM", "tpm.pin");

    private static PinSource PinSourceOf(DataDirectory data, PinOptions options, string device, string setting) =>
        options switch
        {
            { File: { } file } => new PinSource.FromFile(data.Resolve(file)),
            { Credential: { } credential } => new PinSource.FromCredential(credential),
            { Environment: { } variable } => new PinSource.FromEnvironment(variable),
            _ => new PinSource.FromPrompt(arena => PinPrompt.Ask(arena, device, setting)),
        };
}
