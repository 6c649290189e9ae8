namespace RemoteSigner.Ledgers;

/// <summary>Calls an <see cref="EvidenceWriter{T}"/> as every change must: an entry has a number.</summary>
public static class EvidenceWriting
{
    /// <exception cref="InvalidOperationException">No entry was written.</exception>
    public static void Write<T>(this EvidenceWriter<T> evidence, LedgerTransaction transaction, T change)
    {
        if (evidence(transaction, change) <= 0)
        {
            throw new InvalidOperationException("a change was made without its audit entry");
        }
    }
}
