using System.Buffers.Binary;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// That the fence and the count of starts are in NV memory of the same TPM, as the signer says, at the time of the quote.
/// </summary>
internal static class FenceChecks
{
    public static IReadOnlyList<(string Name, Func<SignedParts, Expectations, EvidenceCheck> Run)> All { get; } =
    [("fence", Fence), ("starts", Starts), ("time", Time)];

    private static EvidenceCheck Fence(SignedParts signed, Expectations expected)
    {
        if (Absent(signed, "fence") is { } absent)
        {
            return absent;
        }

        var (signer, certified) = (signed.Evidence.Signer, signed.Evidence.Fence!.Record);
        var (contents, fault) = Contents(signed, certified, epoch => TpmAnchor.RecordOf(signer.VaultId, epoch));
        if (fault is not null || FenceRecord.ReadUnproven(contents) is not { } record)
        {
            return EvidenceCheck.Fail("fence", fault ?? "the index holds no record of a fence");
        }

        // A vault that was changed since the record was written is one generation ahead until the next start.
        var good =
            record.VaultId == signer.VaultId
            && record.Fence.Value == signer.Fence.Epoch
            && record.VaultGeneration <= signer.VaultGeneration
            && signer.VaultGeneration - record.VaultGeneration <= 1;
        return EvidenceCheck.Of(
            "fence",
            good,
            $"the TPM certifies that nothing at or beyond epoch {record.Fence} was signed before it held that number",
            $"the TPM holds epoch {record.Fence} of vault {record.VaultId} generation "
                + $"{record.VaultGeneration}, which is not what the signer says"
        );
    }

    private static EvidenceCheck Starts(SignedParts signed, Expectations expected)
    {
        if (Absent(signed, "starts") is { } absent)
        {
            return absent;
        }

        var (contents, fault) = Contents(signed, signed.Evidence.Fence!.Counter, epoch =>
            TpmAnchor.CounterOf(signed.Evidence.Signer.VaultId, epoch)
        );
        if (fault is not null || contents.Length != sizeof(ulong))
        {
            return EvidenceCheck.Fail("starts", fault ?? "the counter does not have 8 bytes");
        }

        var count = BinaryPrimitives.ReadUInt64BigEndian(contents);
        return EvidenceCheck.Of(
            "starts",
            count == signed.Evidence.Signer.Fence.Start,
            $"the TPM's counter stands at {count}",
            $"the TPM's counter stands at {count}, which is not what the signer says"
        );
    }

    /// <summary>All statements are of one run of the TPM, and in order.</summary>
    private static EvidenceCheck Time(SignedParts signed, Expectations expected)
    {
        if (Absent(signed, "time") is { } absent)
        {
            return absent;
        }

        var clocks = new[]
        {
            signed.Verify(signed.Evidence.Fence!.Record).Clock,
            signed.Verify(signed.Evidence.Fence.Counter).Clock,
            signed.Quote.Clock,
        };
        var spread = clocks[^1].Milliseconds - Math.Min(clocks[^1].Milliseconds, clocks[0].Milliseconds);
        var good = clocks
            .Zip(clocks.Skip(1))
            .All(pair =>
                pair.First.ResetCount == pair.Second.ResetCount
                && pair.First.RestartCount == pair.Second.RestartCount
                && pair.First.Milliseconds <= pair.Second.Milliseconds
            );
        return EvidenceCheck.Of(
            "time",
            good,
            $"certifications and quote are of one run of the TPM, within {spread} ms",
            "certifications and quote are of different runs of the TPM"
        );
    }

    private static EvidenceCheck? Absent(SignedParts signed, string name) =>
        (signed.Evidence.Signer.Fence.Anchor, signed.Evidence.Fence) switch
        {
            (FenceClaim.Tpm, null) => EvidenceCheck.Fail(
                name,
                "the signer says that the fence is in its TPM, and shows no certification of it"
            ),
            (FenceClaim.Tpm, _) => null,
            (var elsewhere, null) => EvidenceCheck.NotChecked(
                name,
                elsewhere == FenceClaim.None
                    ? "this signer runs without a fence"
                    : $"the fence is kept in a {elsewhere}, which certifies nothing"
            ),
            _ => EvidenceCheck.Fail(name, "the signer shows a certification of a fence that it says is elsewhere"),
        };

    /// <summary>
    /// The index must be the very one that this vault's fence has, in one of its two places: of another kind, others than the vault's owner
    /// may write it.
    /// </summary>
    private static (byte[] Contents, string? Fault) Contents(SignedParts signed, CertifiedIndex index, Func<uint, TpmsNvPublic> expected)
    {
        var area = TpmsNvPublic.Parse(index.PublicArea);
        var attest = signed.Verify(index);
        var fault =
            attest.Attested is not TpmAttested.NvContents { Offset: 0 } contents ? "what was signed is no certification of a whole NV index"
            : !attest.ExtraData.AsSpan().SequenceEqual(signed.Digest) ? "the certification belongs to another document"
            : !attest.QualifiedSigner.Equals(signed.Quote.QualifiedSigner) ? "the certification is by another key than the quote"
            : !contents.IndexName.Equals(area.Name) || contents.Contents.Length != area.Size ? "the certification is of another NV index"
            : !area.Name.Equals(expected(0).AsWritten().Name) && !area.Name.Equals(expected(1).AsWritten().Name)
                ? $"NV index 0x{area.Handle:X8} is not the one that the fence of this vault has, or others may write it too"
            : null;
        return (fault is null ? ((TpmAttested.NvContents)attest.Attested).Contents : [], fault);
    }
}
