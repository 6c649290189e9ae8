using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace RemoteSigner.Native;

/// <summary>
/// Signs one message of 32 bytes with many keys, ciphersuite <c>BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_</c>, byte for byte as blst
/// does. What many keys sign is multiplied in lockstep (<see cref="SameRootEngine"/>) and checked as a whole before any of it is given out:
/// the sum of the signatures is blst's own signature under the sum of the keys. A burst that fails is signed again by blst, one by one.
/// Thread-safe.
/// </summary>
public sealed unsafe class BurstSigner : IDisposable
{
    // So many share one check, which costs what one signature of blst's does.
    private const int MaxChecked = 1024;
    private const int Alignment = 64;

    // blst's table of multiples of a point, 18 KB, with what is called below it; and its copy of the points that it adds up, 144 KiB.
    private const int UsedStack = 48 * 1024;
    private const int StackOfSums = 192 * 1024;

    private readonly SecretArena _arena;
    private readonly SameRootEngine? _engine;
    private readonly HashedMessages _messages = new();
    private readonly ConcurrentBag<SecretBytes> _idle = [];

    public BurstSigner(SecretArena arena, BurstVariant variant = BurstVariant.Auto)
        : this(
            arena,
            variant switch
            {
                BurstVariant.Auto => SameRootEngine.Best,
                BurstVariant.Portable => new PortableSameRoot(),
                BurstVariant.Off => null,
                _ => throw new ArgumentOutOfRangeException(nameof(variant)),
            }
        ) { }

    internal BurstSigner(SecretArena arena, SameRootEngine? engine) => (_arena, _engine) = (arena, engine);

    /// <summary>What it uses: <c>avx512ifma</c>, <c>portable</c>, or <c>blst</c> for each alone.</summary>
    public string Engine => _engine?.Name ?? "blst";

    /// <summary>
    /// Proves that this processor computes what blst does: edge scalars in one burst, none of whose signatures may differ.
    /// </summary>
    /// <exception cref="InvalidOperationException">One did.</exception>
    public static void SelfTest(SecretArena arena)
    {
        foreach (var engine in new SameRootEngine[] { new PortableSameRoot(), SameRootEngine.Best }.DistinctBy(engine => engine.Name))
        {
            SelfTest(arena, engine);
        }
    }

    /// <summary>
    /// Signs the message with each of the keys into 96 compressed bytes each. The only lawful caller is <c>ShareSigner</c>, which asks for
    /// a permit of every key.
    /// </summary>
    /// <param name="signatures">96 bytes for each key.</param>
    /// <param name="signed">Which of them signed: one that was disposed meanwhile does not, and the others do.</param>
    /// <returns>False where what was computed first were not the signatures of these keys: the memory or the processor is at fault. What is
    /// given out was made anew.</returns>
    internal bool Sign(ReadOnlySpan<byte> message, ReadOnlySpan<BlsSecretKey> keys, Span<byte> signatures, Span<bool> signed)
    {
        Bls.Expect(message.Length, 32, "signing root");
        Bls.Expect(signatures.Length, checked(keys.Length * Bls.SignatureLength), "place for the signatures");
        Bls.Expect(signed.Length, keys.Length, "place for what signed");
        var hashed = _messages.Get(message);
        var isSound = true;
        for (var done = 0; done < keys.Length; done += MaxChecked)
        {
            var count = Math.Min(MaxChecked, keys.Length - done);
            isSound &= SignPart(
                hashed,
                keys.Slice(done, count),
                signatures.Slice(done * Bls.SignatureLength, count * Bls.SignatureLength),
                signed.Slice(done, count)
            );
        }

        return isSound;
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var scratch))
        {
            scratch.Dispose();
        }
    }

    private static void SelfTest(SecretArena arena, SameRootEngine engine)
    {
        // 1, 2 and r − 1, r − 2 are where a wrong order of additions would fail; the third pair has digits that pay.
        string[] scalars =
        [
            "0000000000000000000000000000000000000000000000000000000000000001",
            "0000000000000000000000000000000000000000000000000000000000000002",
            "000000000000000000000000000000000000000000000000d201000000010000",
            "47b8192d77bf871b62e87859d653922725724a5c031afeabc60bcef5ff665138",
            "73eda753299d7d483339d80809a1d80553bda402fffe5bfefffffffeffffffff",
            "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000",
        ];
        using var signer = new BurstSigner(arena, engine);
        var keys = Array.ConvertAll(scalars, scalar => BlsSecretKey.FromBigEndian(arena, Convert.FromHexString(scalar)));
        try
        {
            var (signatures, signed) = (new byte[keys.Length * Bls.SignatureLength], new bool[keys.Length]);
            Span<byte> expected = stackalloc byte[Bls.SignatureLength];
            var isSound = signer.Sign(new byte[32], keys, signatures, signed);
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i].Sign(new byte[32], expected);
                if (!isSound || !signed[i] || !expected.SequenceEqual(signatures.AsSpan(i * Bls.SignatureLength, Bls.SignatureLength)))
                {
                    throw Differs();
                }
            }
        }
        finally
        {
            Array.ForEach(keys, key => key.Dispose());
        }

        InvalidOperationException Differs() =>
            new($"signatures in bursts ({engine.Name}) fail their known-answer test: this processor does not compute what blst does");
    }

    private bool SignPart(HashedMessage message, ReadOnlySpan<BlsSecretKey> keys, Span<byte> signatures, Span<bool> signed)
    {
        var scalars = new nint[keys.Length];
        var live = 0;
        try
        {
            // A key that is disposed while it signs is zeroed only after this call.
            for (var i = 0; i < keys.Length; i++)
            {
                signed[i] = keys[i].TryHold(out var scalar);
                if (signed[i])
                {
                    scalars[live++] = scalar;
                }
            }

            var isSound = SignHeld(message, scalars.AsSpan(0, live), signatures);
            Spread(signatures, signed, live);
            return isSound;
        }
        finally
        {
            for (var i = 0; i < keys.Length; i++)
            {
                if (signed[i])
                {
                    keys[i].Release();
                }
            }
        }
    }

    // The first so many signatures are those of the keys that signed: each to the place of its key.
    private static void Spread(Span<byte> signatures, ReadOnlySpan<bool> signed, int live)
    {
        for (var i = signed.Length - 1; i >= 0 && live > 0; i--)
        {
            if (signed[i] && --live != i)
            {
                signatures
                    .Slice(live * Bls.SignatureLength, Bls.SignatureLength)
                    .CopyTo(signatures.Slice(i * Bls.SignatureLength, Bls.SignatureLength));
            }
        }
    }

    /// <summary>Writes the signature of each scalar, 32 bytes little-endian, to its place.</summary>
    /// <returns>As <see cref="Sign"/>.</returns>
    /// <exception cref="InvalidOperationException">One is zero or not below the group order, which would spoil a whole batch: nothing is
    /// signed.</exception>
    internal bool SignHeld(HashedMessage message, ReadOnlySpan<nint> scalars, Span<byte> signatures)
    {
        foreach (var scalar in scalars)
        {
            if (BlstLibrary.blst_sk_check((byte*)scalar) == 0)
            {
                throw new InvalidOperationException("a key in memory is none: the memory is at fault, or was given back");
            }
        }

        // Alone, or without memory that can be locked, as blst signs.
        bool isSound;
        if (_engine is { } engine && scalars.Length >= (message.HasTable ? 2 : engine.WorthATable) && TryGetScratch(engine) is { } scratch)
        {
            isSound = SignTogether(engine, message, scalars, signatures, scratch);
        }
        else if (isSound = message.IsSound(forMany: scalars.Length > 1))
        {
            SignEach(message, scalars, signatures);
        }

        if (!isSound)
        {
            SignAnew(message, scalars, signatures);
        }

        return isSound;
    }

    // After a fault: from the message's bytes on, and each signature verified as anybody else would.
    private void SignAnew(HashedMessage faulty, ReadOnlySpan<nint> scalars, Span<byte> signatures)
    {
        _messages.Forget(faulty);
        var message = new HashedMessage(faulty.Message);
        signatures.Clear();
        if (message.IsSound(forMany: true))
        {
            SignEach(message, scalars, signatures);
        }

        Span<byte> publicKey = stackalloc byte[Bls.PublicKeyLength];
        for (var i = 0; i < scalars.Length; i++)
        {
            BlstP1 point;
            BlstLibrary.blst_sk_to_pk_in_g1(&point, (byte*)scalars[i]);
            fixed (byte* target = publicKey)
            {
                BlstLibrary.blst_p1_compress(target, &point);
            }

            if (!Bls.Verify(publicKey, message.Message, signatures.Slice(i * Bls.SignatureLength, Bls.SignatureLength)))
            {
                signatures.Clear();
                throw new InvalidOperationException(
                    "signatures that were made anew do not verify either: the memory or the processor is at fault"
                );
            }
        }
    }

    // As blst signs.
    private static void SignEach(HashedMessage message, ReadOnlySpan<nint> scalars, Span<byte> signatures)
    {
        var hash = message.Point;
        fixed (byte* target = signatures)
        {
            for (var i = 0; i < scalars.Length; i++)
            {
                BlstP2 point;
                BlstLibrary.blst_sign_pk_in_g1(&point, &hash, (byte*)scalars[i]);
                BlstLibrary.blst_p2_compress(target + (i * Bls.SignatureLength), &point);
            }
        }
    }

    // False, and nothing is given out, where the processor has computed something else than it should.
    private bool SignTogether(
        SameRootEngine engine,
        HashedMessage message,
        ReadOnlySpan<nint> scalars,
        Span<byte> signatures,
        SecretBytes scratch
    )
    {
        BlstP2Affine[]? points = null;
        var isSound = false;
        try
        {
            if (!message.IsSound(forMany: true))
            {
                return false;
            }

            var table = message.GetTable(engine, out var start);
            points = ArrayPool<BlstP2Affine>.Shared.Rent(scalars.Length);
            fixed (BlstP2Affine* results = points)
            fixed (nint* all = scalars)
            fixed (
                byte* memory = scratch.Span,
                    target = signatures
            )
            {
                var work = Align(memory + BlsSecretKey.Length);
                for (var done = 0; done < scalars.Length; done += engine.Batch)
                {
                    engine.Sign(results + done, start, (byte**)(all + done), Math.Min(engine.Batch, scalars.Length - done), work);
                }

                isSound = IsSound(message, (byte**)all, results, scalars.Length, total: memory);
                for (var i = 0; isSound && i < scalars.Length; i++)
                {
                    BlstLibrary.blst_p2_affine_compress(target + (i * Bls.SignatureLength), results + i);
                }
            }

            GC.KeepAlive(table);
            return isSound;
        }
        finally
        {
            // What is wrong with a signature may tell its key.
            if (points is not null)
            {
                ArrayPool<BlstP2Affine>.Shared.Return(points, clearArray: !isSound);
            }

            CryptographicOperations.ZeroMemory(scratch.Span);
            WipeBelow(isSound ? UsedStack : StackOfSums);
            GiveBack(scratch);
        }
    }

    // As many as there are cores; more than that were needed for a moment.
    private void GiveBack(SecretBytes scratch)
    {
        if (_idle.Count < Environment.ProcessorCount)
        {
            _idle.Add(scratch);
        }
        else
        {
            scratch.Dispose();
        }
    }

    private SecretBytes? TryGetScratch(SameRootEngine engine)
    {
        if (_idle.TryTake(out var idle))
        {
            return idle;
        }

        try
        {
            return _arena.Allocate(BlsSecretKey.Length + engine.ScratchLength + Alignment);
        }
        catch (SecretMemoryException)
        {
            return null;
        }
    }

    // Σ sᵢ·H, as the sum of what was computed and by blst. The sum of all keys is as secret as they are.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsSound(HashedMessage message, byte** scalars, BlstP2Affine* results, int count, byte* total)
    {
        for (var i = 0; i < count; i++)
        {
            _ = BlstLibrary.blst_sk_add_n_check(total, total, scalars[i]);
        }

        var hash = message.Point;
        BlstP2 sum,
            expected;
        BlstLibrary.blst_sign_pk_in_g1(&expected, &hash, total);
        var from = stackalloc BlstP2Affine*[] { results, null };
        BlstLibrary.blst_p2s_add(&sum, from, (nuint)count);
        return BlstLibrary.blst_p2_is_equal(&sum, &expected) != 0;
    }

    // What the functions below have left of a secret: on the stack, and in the registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WipeBelow(int length)
    {
        Span<byte> stack = stackalloc byte[length];
        CryptographicOperations.ZeroMemory(stack);
        VectorRegisters.Clear();
    }

    private static byte* Align(byte* memory) => memory + ((Alignment - ((nint)memory % Alignment)) % Alignment);
}
