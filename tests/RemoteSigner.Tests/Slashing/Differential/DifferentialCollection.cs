namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>It takes all cores for minutes: beside nothing that waits for the clock.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DifferentialCollection
{
    public const string Name = "differential";
}
