using System.Net;
using RemoteSigner.Access;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Spec;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Host.Configuration;

/// <summary>Finds every fault of a configuration before anything is started with it.</summary>
internal static class SignerOptionsValidator
{
    public static IEnumerable<string> Faults(SignerOptions options, DataDirectory data) =>
        NetworkFaults(options.Network, data)
            .Concat(ChainFaults(options.Network))
            .Concat(ListenerFaults(options))
            .Concat(TlsFaults(options.Tls))
            .Concat(options.Clients.SelectMany(client => ClientFaults(client.Key, client.Value)))
            .Concat(DistributedOptionsValidator.Faults(options.Distributed))
            .Concat(TpmFaults(options))
            .Concat(PolicyFaults(options))
            .Concat(OtherFaults(options));

    /// <summary>The same for a signer that is to be made: there is no ledger yet that could say for which chain it is.</summary>
    public static IEnumerable<string> FaultsOfNew(SignerOptions options, DataDirectory data) =>
        Faults(options, data).ToList() is { Count: > 0 } faults ? faults
        : options.Network.Load(data.Path).GenesisValidatorsRoot is not null ? []
        :
        [
            "network.genesisValidatorsRoot must be given for a network whose genesis "
                + "is not built in: it says for which chain the signer is",
        ];

    private static IEnumerable<string> NetworkFaults(NetworkOptions options, DataDirectory data)
    {
        string? fault = null;
        try
        {
            if (options.Load(data.Path).GenesisTime is null && options.SlotWindow.Enabled)
            {
                fault =
                    "network.genesisTime must be given, or network.slotWindow.enabled set "
                    + "to false, for a network whose genesis is not built in";
            }
        }
        catch (SpecException exception)
        {
            var isOfForks = options.Forks is { } forks && exception.Message.StartsWith(data.Resolve(forks), StringComparison.Ordinal);
            fault = $"network.{(isOfForks ? "forks" : "name")}: {exception.Message}";
        }

        return fault is null ? [] : [fault];
    }

    private static IEnumerable<string> ChainFaults(NetworkOptions options)
    {
        if (options.GenesisValidatorsRoot is not { } text)
        {
            return [];
        }

        return !Root.TryParse(text, out var root) ? [$"network.genesisValidatorsRoot: '{text}' is not 0x and 64 hexadecimal digits"]
            : Network.Find(options.Name)?.GenesisValidatorsRoot is { } own && own != root
                ? [$"network.genesisValidatorsRoot is {root}, and {options.Name} has {own}: leave it out"]
            : [];
    }

    private static IEnumerable<string> ListenerFaults(SignerOptions options)
    {
        foreach (var (setting, address) in new[] { ("api.listen", options.Api.Listen), ("operations.listen", options.Operations.Listen) })
        {
            // A port alone is read as an address (22100 as 0.0.86.84), and an address alone gets any port.
            if (!IPEndPoint.TryParse(address, out var endPoint) || endPoint.Port == 0)
            {
                yield return $"{setting} must be an address and a port such as 127.0.0.1:9000, not '{address}'";
            }
        }

        foreach (var (address, client) in options.Api.LoopbackHttp)
        {
            if (!LoopbackListener.TryParse(address, out _))
            {
                yield return $"api.loopbackHttp: '{address}' is neither a port nor the absolute path of a socket";
            }

            if (!options.Clients.ContainsKey(client))
            {
                yield return $"api.loopbackHttp: '{client}' is not one of the clients";
            }
        }
    }

    private static IEnumerable<string> TlsFaults(TlsOptions options)
    {
        if (options.ClientAuthorities is null && options.KnownClients is null)
        {
            yield return "tls: clientAuthorities, knownClients or both must be given, or no client could be told from a stranger";
        }

        if (options.RevocationList is not null && options.ClientAuthorities is null)
        {
            yield return "tls.revocationList needs tls.clientAuthorities: a list is checked with the authority's key";
        }
    }

    private static IEnumerable<string> ClientFaults(string name, ClientOptions options)
    {
        foreach (var word in (options.Keys ?? []).Where(word => !KeySelector.TryParse(word, out _)))
        {
            yield return $"clients.{name}.keys: '{word}' is not {KeySelector.Forms}";
        }

        // Of a key that is not here yet, or not any more, no more is known than its name.
        if (options.ManageKeys || options.Ssv.Exists(right => right is "import" or "delete" or "all"))
        {
            foreach (var word in (options.Keys ?? []).Where(word => KeySelector.TryParse(word, out var selector) && !selector.NamesKeys))
            {
                yield return $"clients.{name}.keys: '{word}' is no word for a client that brings keys in or takes them out: it takes "
                    + "public keys and *";
            }
        }

        foreach (var right in options.Ssv.Where(right => SsvNames.Find(right) is null))
        {
            yield return $"clients.{name}.ssv: '{right}' is none of {SsvNames.Listing}";
        }

        foreach (var duty in options.Duties.Where(duty => DutyNames.Find(duty) is null))
        {
            yield return $"clients.{name}.duties: '{duty}' is none of {DutyNames.Listing}";
        }
    }

    private static IEnumerable<string> PolicyFaults(SignerOptions options)
    {
        foreach (var address in options.Registrations.FeeRecipients.Where(address => !ExecutionAddress.TryParse(address, out _)))
        {
            yield return $"registrations.feeRecipients: '{address}' is not an address of 20 bytes in hex";
        }

        if (options.Registrations.MinGasLimit > options.Registrations.MaxGasLimit)
        {
            yield return "registrations.minGasLimit is above registrations.maxGasLimit: every registration would be refused";
        }

        if (options.Deposits.MaxTopUpGwei is not 0 and (< 1_000_000_000 or > 2_048_000_000_000))
        {
            yield return "deposits.maxTopUpGwei must be 0, or 1000000000 (1 ETH, the least that can be deposited) to 2048000000000 (the "
                + "most that a validator can have)";
        }

        foreach (var key in options.Builder.Keys.Where(key => !BlsPublicKey.TryParse(key, out _)))
        {
            yield return $"builder.keys: '{key}' is not a public key of 48 bytes in hex";
        }

        if (options.PayloadVotes is not ("warn" or "refuse"))
        {
            yield return "payloadVotes must be warn or refuse";
        }

        if (options.VerifyPartials is not ("off" or "suspect" or "always"))
        {
            yield return "verifyPartials must be off, suspect or always";
        }

        if (options.SignTogether is not ("auto" or "portable" or "off"))
        {
            yield return "signTogether must be auto, portable or off";
        }
    }

    private static IEnumerable<string> TpmFaults(SignerOptions options)
    {
        var setting = "tpm";
        string? fault = null;
        try
        {
            _ = TpmAddress.Parse(options.Tpm.Address);
            _ = PcrList.Parse(string.Join(',', options.Tpm.Pcrs));
            setting = "attestation.pcrs";
            _ = PcrList.Parse(string.Join(',', options.Attestation.Pcrs));
        }
        catch (FormatException exception)
        {
            fault = $"{setting}: {exception.Message}";
        }

        return fault is null ? [] : [fault];
    }

    private static IEnumerable<string> OtherFaults(SignerOptions options)
    {
        if (options.Log.Format is not ("console" or "json"))
        {
            yield return "log.format must be console or json";
        }

        if (options.Log.FindLevel() is null)
        {
            yield return $"log.level must be {LogOptions.LevelListing}";
        }

        if (options.Anchor is not (RollbackProtectionOptions.Tpm or RollbackProtectionOptions.Token or RollbackProtectionOptions.None))
        {
            yield return "rollbackProtection.anchor must be tpm, token or none";
        }

        if (options.RollbackProtection.LowWatermarksHealth is not (RollbackProtectionOptions.Degraded or RollbackProtectionOptions.Down))
        {
            yield return "rollbackProtection.lowWatermarksHealth must be degraded or down";
        }

        if (options is { SealsWithTpm: true, Anchor: RollbackProtectionOptions.Token })
        {
            yield return "rollbackProtection.anchor token needs a token: seal.profile is tpm, so the anchor can be tpm or none";
        }

        if (options.Api.KeepAliveSeconds is < 13 or > 3600)
        {
            yield return "api.keepAliveSeconds must be 13 to 3600: shorter than a slot, and every duty would open a connection";
        }

        if (options.Api.MaxBodyBytes is < 64 * 1024 or > 256 * 1024 * 1024)
        {
            yield return "api.maxBodyBytes must be 65536 to 268435456";
        }

        foreach (var domain in (options.Ssv.Domains ?? []).Where(domain => !SsvDomain.TryParse(domain, out _)))
        {
            yield return $"ssv.domains: '{domain}' is not 0x and 8 hexadecimal digits";
        }

        if (options.Ssv.Validators is not (SsvOptions.Known or SsvOptions.Any))
        {
            yield return "ssv.validators must be known or any";
        }

        if (options.Slashing.PruneEveryHours is < 1 or > 1000 || options.Slashing.KeepEpochs is > 0 and < 16)
        {
            yield return "slashing.pruneEveryHours must be 1 to 1000, slashing.keepEpochs 0 or at least 16";
        }
    }
}
