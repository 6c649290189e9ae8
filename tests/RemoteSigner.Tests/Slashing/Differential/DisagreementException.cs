namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>Program and model part here.</summary>
internal sealed class DisagreementException(string message) : Exception(message)
{
    public static void ThrowUnless(bool agrees, Func<string> message)
    {
        if (!agrees)
        {
            throw new DisagreementException(message());
        }
    }
}
