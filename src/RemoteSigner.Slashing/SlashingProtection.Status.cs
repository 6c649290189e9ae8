using RemoteSigner.Slashing.Store;

namespace RemoteSigner.Slashing;

public sealed partial class SlashingProtection
{
    /// <summary>Every validator's history in numbers, all of one moment. Signing goes on meanwhile.</summary>
    public async Task<IReadOnlyList<ValidatorStatus>> StatusAsync() => await _ledger.ReadAsync(ValidatorNumbers.All);
}
