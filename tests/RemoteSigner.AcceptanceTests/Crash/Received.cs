using System.Collections.Concurrent;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>Everything that the clients ever got from a signer, over all of its lives.</summary>
internal sealed class Received
{
    private readonly ConcurrentDictionary<Duty, BlsSignature> _signatures = [];

    public IReadOnlyCollection<Duty> Duties => [.. _signatures.Keys];

    /// <summary>Answers that are neither a signature nor a refusal, and races that both lost.</summary>
    public ConcurrentBag<string> Faults { get; } = [];

    public void Add(Duty duty, BlsSignature signature)
    {
        // BLS signatures are deterministic: a second one for the same duty is the same bytes.
        if (_signatures.GetOrAdd(duty, signature) != signature)
        {
            Faults.Add($"two different signatures for {duty.Claim}");
        }
    }

    public IEnumerable<string> Invalid() =>
        _signatures
            .Where(pair => !Bls.Verify(pair.Key.Key.Bytes, pair.Key.SigningRoot.Bytes, pair.Value.Bytes))
            .Select(pair => pair.Key.Claim);

    public IEnumerable<string> Conflicts() =>
        from ofKey in Duties.GroupBy(duty => duty.Key)
        let duties = ofKey.ToList()
        from i in Enumerable.Range(0, duties.Count)
        from other in duties.Skip(i + 1)
        where duties[i].ConflictsWith(other)
        select $"{duties[i].Claim} and {other.Claim}";
}
