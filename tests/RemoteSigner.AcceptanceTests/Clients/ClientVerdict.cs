namespace RemoteSigner.AcceptanceTests;

/// <summary>What a client ended up doing in a state: in words for the table, and what of it must not be.</summary>
internal sealed record ClientVerdict(string Words, IReadOnlyList<string> Faults);
