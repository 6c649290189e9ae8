using RemoteSigner.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>Which chain the duties belong to.</summary>
internal sealed class NetworkOptions
{
    /// <summary>A built-in network's name, or the path of a consensus <c>config.yaml</c>.</summary>
    public required string Name { get; set; }

    /// <summary>A YAML file with forks that are not built in, or not with their epoch.</summary>
    public string? Forks { get; set; }

    /// <summary>Unix seconds; only for networks whose genesis is not built in.</summary>
    public ulong? GenesisTime { get; set; }

    /// <summary>
    /// 0x and 64 hexadecimal digits; only for networks whose genesis is not built in. It says for which chain this signer is.
    /// </summary>
    public string? GenesisValidatorsRoot { get; set; }

    public SlotWindowOptions SlotWindow { get; set; } = new();

    /// <summary>The network with the operator's genesis in place.</summary>
    /// <exception cref="SpecException">There is no such network, or its file cannot be read.</exception>
    public Network Load(string dataDirectory)
    {
        var network = RemoteSigner.Spec.Network.Find(Name) ?? RemoteSigner.Spec.Network.Load(Path.Combine(dataDirectory, Name));
        return network with
        {
            Forks = Forks is null ? network.Forks : RemoteSigner.Spec.Network.LoadForks(Path.Combine(dataDirectory, Forks), network),
            GenesisTime = GenesisTime ?? network.GenesisTime,
            GenesisValidatorsRoot = Root.TryParse(GenesisValidatorsRoot, out var root) ? root : network.GenesisValidatorsRoot,
        };
    }
}
