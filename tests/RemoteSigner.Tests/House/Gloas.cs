using RemoteSigner.Spec;

namespace RemoteSigner.Tests.House;

/// <summary>Messages of Gloas that have many members, with the least in them.</summary>
internal static class Gloas
{
    private static HashedList Nothing => HashedList.OfBytes([]);

    public static ExecutionPayloadEnvelope Envelope(Slot slot, ForkInfo fork, ulong builder = ExecutionPayloadEnvelope.SelfBuilt) =>
        new(
            new ExecutionPayload(
                default,
                default,
                default,
                default,
                [.. new byte[ExecutionPayload.LogsBloomLength]],
                default,
                0,
                0,
                0,
                0,
                [],
                default,
                default,
                Nothing,
                Nothing,
                0,
                0,
                Nothing,
                slot
            ),
            new ExecutionRequests(Nothing, Nothing, Nothing, Nothing, Nothing),
            builder,
            default,
            default,
            fork
        );

    public static ExecutionPayloadBid Bid(Slot slot, ForkInfo fork, ulong value = 0, ulong payment = 0) =>
        new(default, default, default, default, default, 0, 7, slot, value, payment, Nothing, default, fork);
}
