using System.Collections.Frozen;
using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>What builders may be told with VALIDATOR_REGISTRATION.</summary>
internal sealed class RegistrationOptions
{
    public List<string> FeeRecipients { get; set; } = [];

    public ulong MinGasLimit { get; set; }

    public ulong? MaxGasLimit { get; set; }

    /// <summary>The options must have been validated.</summary>
    public RegistrationPolicy ToPolicy() =>
        new(FeeRecipients.Select(address => ExecutionAddress.Parse(address)).ToFrozenSet(), MinGasLimit, MaxGasLimit ?? ulong.MaxValue);
}
