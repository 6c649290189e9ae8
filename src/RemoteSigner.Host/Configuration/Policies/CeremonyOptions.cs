namespace RemoteSigner.Host.Configuration;

/// <summary>What may leave this signer for a ceremony of a cluster.</summary>
internal sealed class CeremonyOptions
{
    /// <summary>May shares be written as keystores, with PIN and recovery key?</summary>
    public bool ExportKeys { get; set; }
}
