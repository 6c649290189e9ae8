using System.Diagnostics;

namespace RemoteSigner.Spec;

/// <summary>
/// The forks of the beacon chain in their order (consensus-specs). A new fork is one more name here, and its epoch in the networks.
/// </summary>
public enum Fork
{
    Phase0,
    Altair,
    Bellatrix,
    Capella,
    Deneb,
    Electra,
    Fulu,
    Gloas,
    Heze,
}

/// <summary>The name of a fork, in requests (in any case) and messages: a member may be renamed, its name not.</summary>
public static class ForkNames
{
    public static string Name(this Fork fork) =>
        fork switch
        {
            Fork.Phase0 => "Phase0",
            Fork.Altair => "Altair",
            Fork.Bellatrix => "Bellatrix",
            Fork.Capella => "Capella",
            Fork.Deneb => "Deneb",
            Fork.Electra => "Electra",
            Fork.Fulu => "Fulu",
            Fork.Gloas => "Gloas",
            Fork.Heze => "Heze",
            _ => throw new UnreachableException($"the fork {fork} has no name"),
        };
}
