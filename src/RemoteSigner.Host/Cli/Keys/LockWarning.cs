namespace RemoteSigner.Host.Cli;

/// <summary>What is said where a client's locks lie beside keystores: it may still run on these keys.</summary>
internal static class LockWarning
{
    public static void Write(IReadOnlyList<string> locks)
    {
        if (locks.Count > 0)
        {
            StandardError.Console.WriteLine(
                $"remote-signer: warning: {locks.Count} of these keys have a client's lock beside them ({locks[0]}): stop that client for good before they sign here, the same key in two places is slashed");
        }
    }
}
