namespace RemoteSigner.Keys;

/// <summary>What is lent to the derivation of keys from passwords, all keystores of an import together.</summary>
/// <param name="Bytes">Memory.</param>
/// <param name="Threads">Threads, which give way to all others of the machine.</param>
public sealed record DerivationLoan(long Bytes, int Threads)
{
    /// <summary>Beside duties: all cores but one.</summary>
    public static DerivationLoan BesideDuties(int memoryMib) => new(memoryMib * 1024L * 1024, Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Where this process signs nothing: all cores.</summary>
    public static DerivationLoan OfAll(int memoryMib) => new(memoryMib * 1024L * 1024, Environment.ProcessorCount);
}
