namespace RemoteSigner.Native;

/// <summary>
/// The messages that were signed last, hashed: the attestation of a slot, its sync message, the selection proofs. Thread-safe.
/// </summary>
internal sealed class HashedMessages
{
    // A slot has a handful of roots that many sign. The largest tables are 256 KiB.
    private const int Most = 16;

    private readonly Lock _gate = new();

    // The newest use last.
    private readonly List<HashedMessage> _kept = new(Most);

    /// <summary>The message, hashed now or before.</summary>
    public HashedMessage Get(ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (Find(message) is { } known)
            {
                return known;
            }
        }

        // Hashing takes longer than the gate may be held. Two who come at once hash twice, and one of the two is kept.
        var hashed = new HashedMessage(message);
        lock (_gate)
        {
            if (Find(message) is { } other)
            {
                return other;
            }

            if (_kept.Count == Most)
            {
                _kept.RemoveAt(0);
            }

            _kept.Add(hashed);
            return hashed;
        }
    }

    /// <summary>It is not to be used again.</summary>
    public void Forget(HashedMessage message)
    {
        lock (_gate)
        {
            _ = _kept.Remove(message);
        }
    }

    private HashedMessage? Find(ReadOnlySpan<byte> message)
    {
        for (var i = _kept.Count - 1; i >= 0; i--)
        {
            var one = _kept[i];
            if (one.Message.SequenceEqual(message))
            {
                _kept.RemoveAt(i);
                _kept.Add(one);
                return one;
            }
        }

        return null;
    }
}
