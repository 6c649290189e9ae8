using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>The one row about the chain as a whole: the pinned genesis validators root and the high watermark.</summary>
internal sealed class ChainState
{
    private readonly LedgerTransaction _transaction;

    public ChainState(LedgerTransaction transaction)
    {
        _transaction = transaction;
        var row = transaction.Statement("SELECT genesis_validators_root, high_slot, high_epoch FROM chain");
        _ = row.Step();
        GenesisValidatorsRoot = row.IsNull(0) ? null : new Root(row.Blob(0));
        High = row.IsNull(1) ? null : new HighWatermark(new Slot((ulong)row.Number(1)), new Epoch((ulong)row.Number(2)));
        row.Reset();
    }

    public Root? GenesisValidatorsRoot { get; private set; }

    public HighWatermark? High { get; private set; }

    public void Pin(Root genesisValidatorsRoot)
    {
        _transaction.Statement("UPDATE chain SET genesis_validators_root = ?1").Bind(1, genesisValidatorsRoot.Bytes).Execute();
        GenesisValidatorsRoot = genesisValidatorsRoot;
    }

    public void SetHigh(HighWatermark? high)
    {
        _transaction
            .Statement("UPDATE chain SET high_slot = ?1, high_epoch = ?2")
            .Bind(1, high is null ? null : (long?)StoredNumber.From(high.Slot.Value))
            .Bind(2, high is null ? null : (long?)StoredNumber.From(high.Epoch.Value))
            .Execute();
        High = high;
    }
}
