using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>Which chain the duties belong to.</summary>
internal sealed class NetworkOptions
{
    /// <summary>A built-in network's name, or the path of a consensus <c>config.yaml</c>.</summary>
    public required string Name { get; set; }

    /// <summary>Unix seconds; only for networks whose genesis is not built in.</summary>
    public ulong? GenesisTime { get; set; }

    public SlotWindowOptions SlotWindow { get; set; } = new();

    /// <summary>The network with the operator's genesis time in place.</summary>
    /// <exception cref="SpecException">There is no such network, or its file cannot be read.</exception>
    public Network Load(string dataDirectory)
    {
        var network = Consensus.Spec.Network.Find(Name) ?? Consensus.Spec.Network.Load(Path.Combine(dataDirectory, Name));
        return GenesisTime is { } time ? network with { GenesisTime = time } : network;
    }
}
