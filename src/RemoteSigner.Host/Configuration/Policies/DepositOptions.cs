namespace RemoteSigner.Host.Configuration;

/// <summary>What may be deposited beside the amounts of a share's cluster lock.</summary>
internal sealed class DepositOptions
{
    public ulong MaxTopUpGwei { get; set; }
}
