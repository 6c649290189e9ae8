namespace RemoteSigner.Host.Configuration;

/// <summary>What a client may do.</summary>
internal sealed class ClientOptions
{
    /// <summary>Words of <see cref="Access.KeySelector"/>; null means every key.</summary>
    public List<string>? Keys { get; set; }

    /// <summary><c>everyday</c> (all but exits and deposits), <c>all</c>, or names of Web3Signer types.</summary>
    public required List<string> Duties { get; set; }

    /// <summary>May it bring keys in and take them out through the Keymanager API? It needs the API's token, too.</summary>
    public bool ManageKeys { get; set; }

    /// <summary>
    /// Endpoints of ssv-signer: <c>list</c>, <c>import</c>, <c>delete</c>, <c>sign</c>, <c>identity</c>, <c>speak</c>, or <c>all</c>.
    /// </summary>
    public List<string> Ssv { get; set; } = [];
}
