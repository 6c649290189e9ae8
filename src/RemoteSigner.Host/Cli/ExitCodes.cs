namespace RemoteSigner.Host.Cli;

/// <summary>How the program ends. Scripts and service units ask for these: none may change.</summary>
internal static class ExitCodes
{
    /// <summary>It was done; or there was nothing to do.</summary>
    public const int Done = 0;

    /// <summary>It failed, or what was checked does not hold; standard error says why, and what to do.</summary>
    public const int Failed = 1;

    /// <summary>The command was written wrongly; nothing was looked at.</summary>
    public const int Usage = 2;
}
