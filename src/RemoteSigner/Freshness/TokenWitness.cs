using System.Buffers.Binary;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Freshness;

/// <summary>
/// The witness of a machine that has a PKCS#11 token and no TPM: one private data object for each vault, replaced by making the new one before the old one is destroyed. What
/// it is worth is in README.md of this room: a token whose contents can be put back from a backup can be put back together with the ledger.
/// </summary>
public sealed class TokenWitness(Pkcs11Token token, Guid vaultId, FenceKeys keys) : IFreshnessWitness
{
    private readonly string _label = $"remote-signer fence {vaultId}";

    public string Description => $"token '{token.Address.Label}'";

    public Task CreateAsync(CancellationToken cancellation) => ChangeAsync(
        current => current is null
            ? new Content(new Guid(RandomNumberGenerator.GetBytes(16)), 1, 1, [])
            : throw new WitnessException(WitnessFault.Exists, $"the {Description} holds a witness of the vault {vaultId} already", "'remote-signer freshness status' shows what it says; 'remote-signer freshness clear' goes on from there"),
        cancellation);

    public Task<WitnessReading?> ReadAsync(CancellationToken cancellation) => TranslatedAsync(() => token.RunAsync(
        session => Newest(session).Content is { } found ? new WitnessReading($"token {session.Serial} object {found.Id}", found.Count, found.Record) : null, cancellation));

    public Task IncrementAsync(CancellationToken cancellation) => ChangeAsync(current => Existing(current) with { Count = current!.Count + 1 }, cancellation);

    public Task WriteRecordAsync(ReadOnlyMemory<byte> record, CancellationToken cancellation) =>
        ChangeAsync(current => Existing(current) with { Record = record.ToArray() }, cancellation);

    private Content Existing(Content? current) => current
        ?? throw new WitnessException(WitnessFault.Missing, $"the {Description} holds no witness of the vault {vaultId}", "'remote-signer freshness status' says what to do");

    // Once, without the token's own retries: a change whose answer was lost may have been made.
    private async Task ChangeAsync(Func<Content?, Content> change, CancellationToken cancellation)
    {
        var givenUp = false;
        try
        {
            await TranslatedAsync(() => token.RunOnceAsync(login => Replace(login, change, () => Volatile.Read(ref givenUp)), cancellation));
        }
        catch
        {
            Volatile.Write(ref givenUp, true);
            throw;
        }
    }

    // A call that hung and comes back after it was given up must not put its older record over a newer one. When it hangs in the making itself, its
    // sequence number is that of the change that came after it, or lower.
    private bool Replace(Pkcs11Session login, Func<Content?, Content> change, Func<bool> isGivenUp)
    {
        using var session = login.OpenReadWrite();
        var (objects, current) = Newest(session);
        var next = change(current);
        if (isGivenUp())
        {
            return false;
        }

        session.CreateObject(ObjectOf(next with { Sequence = (current?.Sequence ?? 0) + 1 }));
        objects.ForEach(session.Destroy);
        return true;
    }

    private Template ObjectOf(Content content) => new Template()
        .With(CKA.CKA_CLASS, (ulong)CKO.CKO_DATA)
        .With(CKA.CKA_TOKEN, true)
        .With(CKA.CKA_PRIVATE, true)
        .With(CKA.CKA_APPLICATION, "remote-signer")
        .With(CKA.CKA_LABEL, _label)
        .With(CKA.CKA_VALUE, content.Write(keys));

    // After a crash between making and destroying there are two: the later one counts.
    private (List<ulong> Objects, Content? Content) Newest(Pkcs11Session session)
    {
        var objects = session.FindData(_label);
        var contents = objects.ConvertAll(handle => Content.Read(session.ReadAttribute(handle, CKA.CKA_VALUE), keys)
            ?? throw new WitnessException(WitnessFault.Tampered, $"the object '{_label}' in the {Description} was not written by this signer", "find out who uses this token; 'remote-signer freshness clear' needs the object to be deleted first"));
        return (objects, contents.Count == 0 ? null : contents.Max());
    }

    private static async Task<T> TranslatedAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (TokenException e)
        {
            throw new WitnessException(FaultOf(e), $"the witness of freshness in the token: {e.Message}", e.Hint, e);
        }
    }

    private static WitnessFault FaultOf(TokenException exception) => exception switch
    {
        { Code: CKR.CKR_DEVICE_MEMORY } => WitnessFault.Full,
        { Fault: TokenFault.DeviceLost or TokenFault.Hung or TokenFault.CircuitOpen or TokenFault.TokenAbsent } => WitnessFault.Unreachable,
        { Fault: TokenFault.PinLocked } => WitnessFault.LockedOut,
        _ => WitnessFault.Refused,
    };

    /// <summary>
    /// The object's value: version (1 byte) ‖ random id (16) ‖ sequence (8) ‖ count (8) ‖ record (0 or <see cref="FenceRecord.Length"/>) ‖ HMAC-SHA-256 under the witness key.
    /// </summary>
    private sealed record Content(Guid Id, ulong Sequence, ulong Count, byte[] Record) : IComparable<Content>
    {
        private const int HeadLength = 1 + 16 + 8 + 8;

        public int CompareTo(Content? other) => other is null ? 1
            : Sequence != other.Sequence ? Sequence.CompareTo(other.Sequence)
            : Count != other.Count ? Count.CompareTo(other.Count)
            : Record.AsSpan().SequenceCompareTo(other.Record);

        public byte[] Write(FenceKeys keys)
        {
            var head = new byte[HeadLength];
            head[0] = 1;
            Id.TryWriteBytes(head.AsSpan(1), bigEndian: true, out _);
            BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(17), Sequence);
            BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(25), Count);
            byte[] content = [.. head, .. Record];
            return [.. content, .. HMACSHA256.HashData(keys.Witness.Span, content)];
        }

        public static Content? Read(byte[] value, FenceKeys keys)
        {
            if (value.Length is not (HeadLength + 32 or HeadLength + FenceRecord.Length + 32) || value[0] != 1
                || !CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(keys.Witness.Span, value.AsSpan(..^32)), value.AsSpan(^32..)))
            {
                return null;
            }

            return new Content(
                new Guid(value.AsSpan(1, 16), bigEndian: true), BinaryPrimitives.ReadUInt64BigEndian(value.AsSpan(17)), BinaryPrimitives.ReadUInt64BigEndian(value.AsSpan(25)), value[HeadLength..^32]);
        }
    }
}
