using RemoteSigner.Slashing.Store;

namespace RemoteSigner.Slashing;

public sealed partial class SlashingProtection
{
    /// <summary>Every validator's history in numbers. Taken one validator after another, so that signing goes on.</summary>
    public async Task<IReadOnlyList<ValidatorStatus>> StatusAsync()
    {
        var validators = await _ledger.ReadAsync(KeyTable.All);
        var status = new List<ValidatorStatus>();
        foreach (var validator in validators.Select(key => key.Validator).Distinct())
        {
            if (await _ledger.ReadAsync(transaction => ValidatorNumbers.Find(transaction, validator)) is { } found)
            {
                status.Add(found);
            }
        }

        return status;
    }
}
