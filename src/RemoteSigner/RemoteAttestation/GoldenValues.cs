using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// What PCRs of a good machine hold (RFC 9334's Reference Values): for each index one or more values, 32 bytes each, of which one must be
/// met. More than one is for the time around an update: write the new value beside the old one, and take the old one out when no machine
/// has it any more.
/// </summary>
public sealed record GoldenValues(string Type, int Version, IReadOnlyDictionary<int, IReadOnlyList<byte[]>> Pcrs)
{
    public const string DocumentType = "remote-signer-golden";
    public const int DocumentVersion = 1;

    /// <summary>The values of an evidence that is trusted, for these PCRs.</summary>
    /// <exception cref="RemoteAttestationException">The evidence does not have all of them.</exception>
    public static GoldenValues Of(Evidence evidence, TpmlPcrSelection? selection)
    {
        var indices = selection?.Indices ?? evidence.Pcrs.Keys.Order();
        return new GoldenValues(
            DocumentType,
            DocumentVersion,
            indices.ToDictionary(index => index, IReadOnlyList<byte[]> (index) => [Value(evidence, index)])
        );
    }

    private static byte[] Value(Evidence evidence, int index) =>
        evidence.Pcrs.TryGetValue(index, out var value)
            ? value
            : throw new RemoteAttestationException(
                $"the evidence has no value of PCR {index}",
                "name PCRs that the signer quotes (attestation.pcrs in its signer.json)"
            );
}
