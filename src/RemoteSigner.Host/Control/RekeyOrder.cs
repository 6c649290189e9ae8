namespace RemoteSigner.Host.Control;

/// <summary>What a person says about slots that a vault's new root key might not reach.</summary>
/// <param name="Drop">Ids of keys, in hex, whose slots end.</param>
/// <param name="Recovery">PEMs of public halves of recovery keys, for slots of an earlier version that do not have theirs.</param>
/// <param name="ReleaseKey">File with the private half of the key that approves firmware, for a slot under this machine's TPM; null: none
/// is at hand. A running signer reads it itself.</param>
/// <param name="ReleaseKeyPassword">File with the password of that PEM.</param>
internal sealed record RekeyOrder(
    IReadOnlyList<string> Drop,
    IReadOnlyList<string> Recovery,
    string? ReleaseKey,
    string? ReleaseKeyPassword
);

/// <summary>What <c>seal rekey</c> prints. <paramref name="RootKey"/>: how many root keys the vault had before.</summary>
internal sealed record RekeyLine(string VaultId, ulong Generation, uint RootKey, int Shares, IReadOnlyList<RekeyedSlot> Slots);

/// <summary>A slot of the vault as it is then.</summary>
internal sealed record RekeyedSlot(string Type, string KeyId, string Label);
