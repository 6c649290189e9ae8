using System.Text.Json.Serialization;
using RemoteSigner.Native;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Configuration;

/// <summary>
/// The content of <c>signer.json</c>. Every file path in it is relative to the data directory. <see cref="SignerOptionsTemplate"/> writes
/// it with the reason of each setting.
/// </summary>
internal sealed class SignerOptions
{
    public required NetworkOptions Network { get; set; }

    public required SealOptions Seal { get; set; }

    public TpmOptions Tpm { get; set; } = new();

    public ApiOptions Api { get; set; } = new();

    public OperationsOptions Operations { get; set; } = new();

    public TlsOptions Tls { get; set; } = new();

    public required Dictionary<string, ClientOptions> Clients { get; set; }

    public RollbackProtectionOptions RollbackProtection { get; set; } = new();

    public RemoteAttestationOptions Attestation { get; set; } = new();

    public RegistrationOptions Registrations { get; set; } = new();

    public DepositOptions Deposits { get; set; } = new();

    public CeremonyOptions Ceremonies { get; set; } = new();

    public BuilderOptions Builder { get; set; } = new();

    /// <summary>warn or refuse.</summary>
    public string PayloadVotes { get; set; } = "warn";

    /// <summary>off, suspect or always.</summary>
    public string VerifyPartials { get; set; } = "suspect";

    /// <summary>auto, portable or off.</summary>
    public string SignTogether { get; set; } = "auto";

    public KeymanagerOptions Keymanager { get; set; } = new();

    public SsvOptions Ssv { get; set; } = new();

    public DistributedOptions Distributed { get; set; } = new();

    public SlashingOptions Slashing { get; set; } = new();

    public LogOptions Log { get; set; } = new();

    /// <summary>What <see cref="VerifyPartials"/> says; it must have been validated.</summary>
    [JsonIgnore]
    public PartialVerification Verification =>
        VerifyPartials switch
        {
            "off" => PartialVerification.Off,
            "suspect" => PartialVerification.Suspect,
            "always" => PartialVerification.Always,
            _ => throw new FormatException($"'{VerifyPartials}' says no time to verify at"),
        };

    /// <summary>What <see cref="SignTogether"/> says; it must have been validated.</summary>
    [JsonIgnore]
    public BurstVariant Bursts =>
        SignTogether switch
        {
            "auto" => BurstVariant.Auto,
            "portable" => BurstVariant.Portable,
            "off" => BurstVariant.Off,
            _ => throw new FormatException($"'{SignTogether}' says no way to sign together"),
        };

    [JsonIgnore]
    public string Anchor => RollbackProtection.Anchor ?? (SealsWithTpm ? RollbackProtectionOptions.Tpm : RollbackProtectionOptions.Token);

    [JsonIgnore]
    public bool SealsWithTpm => Seal.Profile == SealOptions.Tpm;
}
