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
