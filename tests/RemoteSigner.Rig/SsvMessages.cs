using System.Buffers.Binary;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Spec;

namespace RemoteSigner.Rig;

/// <summary>What an SSV node asks its operator key to sign, in SSZ.</summary>
public static class SsvMessages
{
    /// <summary>For the duty of one validator.</summary>
    public static byte[] Identifier(SsvDomain domain, SsvRole role, BlsPublicKey validator) =>
        [.. Big(domain.Value), .. Little((uint)role), .. validator.Bytes];

    /// <summary>For the duties of a committee.</summary>
    public static byte[] Identifier(SsvDomain domain, Root committee) =>
        [.. Big(domain.Value), .. Little((uint)SsvRole.Committee), .. new byte[16], .. committee.Bytes];

    /// <summary>A prepare of height 5 in round 1, without justifications.</summary>
    public static byte[] Consensus(byte[] identifier) =>
        Wrap(
            0,
            identifier,
            [
                .. Little(1UL),
                .. Little(5UL),
                .. Little(1UL),
                .. Little(76U),
                .. new byte[32],
                .. Little(0UL),
                .. Little(132U),
                .. Little(132U),
                .. identifier,
            ]
        );

    /// <summary>Partial signatures for slot 7 after the consensus.</summary>
    public static byte[] PartialSignatures(byte[] identifier, ulong signer, int count) =>
        Wrap(
            1,
            identifier,
            [
                .. Little(0UL),
                .. Little(7UL),
                .. Little(20U),
                .. Enumerable
                    .Range(0, count)
                    .SelectMany(i => (byte[])[.. new byte[96], .. new byte[32], .. Little(signer), .. Little((ulong)i)]),
            ]
        );

    public static byte[] Wrap(ulong type, byte[] identifier, byte[] data) => [.. Little(type), .. identifier, .. Little(68U), .. data];

    private static byte[] Little(ulong number) => BitConverter.GetBytes(number);

    private static byte[] Little(uint number) => BitConverter.GetBytes(number);

    private static byte[] Big(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
