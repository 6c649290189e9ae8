namespace RemoteSigner.Host.Cli;

/// <summary>What is said where a client holds keystores locked, or left a lock beside them: it may still run on these keys.</summary>
internal static class LockWarning
{
    public static void Write(IReadOnlyList<string> locks)
    {
        if (locks.Count > 0)
        {
            StandardError.Console.WriteLine(
                $"remote-signer: warning: a client's lock is on {locks.Count} of these keys ({locks[0]}): stop "
                    + "that client for good before they sign here, the same key in two places is slashed"
            );
        }
    }
}
