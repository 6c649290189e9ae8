using RemoteSigner.Clusters.Ssv;

namespace RemoteSigner.Host.Configuration;

/// <summary>What an SSV operator's key speaks about.</summary>
internal sealed class SsvOptions
{
    public const string Known = "known";

    public const string Any = "any";

    /// <summary>
    /// SSV domains, such as 0x00000001; null takes those of the Ethereum network, now and at SSV's next fork as far as it is known.
    /// </summary>
    public List<string>? Domains { get; set; }

    /// <summary>
    /// <c>any</c>: of every validator, because a node sends shares without saying whose they are, and the keyshares are the owner's;
    /// <c>known</c>: of those whose keyshares are here.
    /// </summary>
    public string Validators { get; set; } = Any;

    /// <summary>The options must have been validated.</summary>
    public OperatorMessagePolicy ToOperatorMessage(string network) => new(DomainsOf(network).ToHashSet(), Validators == Any);

    private IEnumerable<SsvDomain> DomainsOf(string network) =>
        (
            Domains
            ?? network switch
            {
                "mainnet" => ["0x00000001", "0x00000002"],
                "hoodi" => ["0x00000503"],
                "sepolia" => ["0x00000569"],
                _ => [],
            }
        ).Select(text => SsvDomain.TryParse(text, out var domain) ? domain : throw new FormatException($"'{text}' is no SSV domain"));
}
