using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// Which share of which cluster a key is. The vault seals it with the key, so that it is as hard to change as the key itself.
/// </summary>
/// <param name="ShareIndex">The x-coordinate of the share: from 1 with Charon, the operator's id (any 64-bit number but 0) with
/// SSV.</param>
/// <param name="Threshold">How many partial signatures make one of the group.</param>
/// <param name="Operators">How many shares there are.</param>
/// <param name="ClusterHash">Names the document that says so: Charon's lock hash; of an SSV keyshares document its SHA-256.</param>
/// <param name="Provenance">By which way it came in.</param>
public sealed record ClusterMembership(ulong ShareIndex, int Threshold, int Operators, Root ClusterHash, ShareProvenance Provenance);
