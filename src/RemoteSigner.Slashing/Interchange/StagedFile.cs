using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>An interchange file that was read whole and lies in the stage.</summary>
/// <param name="GenesisValidatorsRoot">The chain that it is for.</param>
/// <param name="Hash">Its SHA-256.</param>
/// <param name="WithoutList">How many of its entries lack one of their two lists.</param>
internal sealed record StagedFile(Root GenesisValidatorsRoot, Root Hash, int WithoutList);
