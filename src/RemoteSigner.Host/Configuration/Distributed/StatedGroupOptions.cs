using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Configuration;

/// <summary>A validator whose shares came without a cluster document.</summary>
internal sealed class StatedGroupOptions
{
    /// <summary>The validator's public key.</summary>
    public required string CompositePublicKey { get; set; }

    /// <summary>How many partial signatures make one of the validator.</summary>
    public required int Threshold { get; set; }

    public required List<ParticipantOptions> Participants { get; set; }

    /// <summary>The options must have been validated.</summary>
    public StatedGroup ToGroup() =>
        new(
            BlsPublicKey.Parse(CompositePublicKey),
            Threshold,
            [.. Participants.Select(one => new StatedParticipant(ulong.Parse(one.Id), BlsPublicKey.Parse(one.PublicKey), one.Endpoint))]
        );

    /// <summary>Who holds one of its shares. The id is a decimal string, as JSON's numbers are too small.</summary>
    internal sealed class ParticipantOptions
    {
        public required string Id { get; set; }

        public required string PublicKey { get; set; }

        public required string Endpoint { get; set; }
    }
}
