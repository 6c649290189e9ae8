using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>
/// What the execution layer made for a slot (consensus-specs <c>ExecutionPayload</c> of Gloas), with its lists hashed already: they are
/// megabytes, and nothing but their root is needed.
/// <paramref name="LogsBloom"/> has 256 bytes, <paramref name="ExtraData"/> at most 32, <paramref name="BaseFeePerGas"/> is a
/// <c>uint256</c>.
/// </summary>
public sealed record ExecutionPayload(
    Root ParentHash,
    ExecutionAddress FeeRecipient,
    Root StateRoot,
    Root ReceiptsRoot,
    ImmutableArray<byte> LogsBloom,
    Root PrevRandao,
    ulong BlockNumber,
    ulong GasLimit,
    ulong GasUsed,
    ulong Timestamp,
    ImmutableArray<byte> ExtraData,
    UInt256 BaseFeePerGas,
    Root BlockHash,
    HashedList Transactions,
    HashedList Withdrawals,
    ulong BlobGasUsed,
    ulong ExcessBlobGas,
    HashedList BlockAccessList,
    Slot Slot
)
{
    public const int LogsBloomLength = 256;

    private const ulong MaxExtraData = 32;

    /// <exception cref="SpecException">The bloom or the extra data has another length than is specified.</exception>
    public Root HashTreeRoot() =>
        SszHasher.ProgressiveContainer(
            ParentHash,
            SszHasher.Bytes(FeeRecipient.Bytes),
            StateRoot,
            ReceiptsRoot,
            LogsBloom.Length == LogsBloomLength
                ? SszHasher.Bytes(LogsBloom.AsSpan())
                : throw new SpecException($"logs_bloom has {LogsBloom.Length} bytes where {LogsBloomLength} are specified."),
            PrevRandao,
            SszHasher.Number(BlockNumber),
            SszHasher.Number(GasLimit),
            SszHasher.Number(GasUsed),
            SszHasher.Number(Timestamp),
            SszHasher.ByteList(ExtraData.AsSpan(), MaxExtraData),
            BaseFeePerGas.HashTreeRoot(),
            BlockHash,
            Transactions.Root,
            Withdrawals.Root,
            SszHasher.Number(BlobGasUsed),
            SszHasher.Number(ExcessBlobGas),
            BlockAccessList.Root,
            SszHasher.Number(Slot.Value)
        );
}
