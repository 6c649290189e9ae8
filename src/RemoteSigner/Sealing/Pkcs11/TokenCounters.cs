namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>What all threads of one token count together.</summary>
internal sealed class TokenCounters
{
    internal long Operations;
    internal long LoginAttempts;
}
