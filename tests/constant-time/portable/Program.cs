using System.Runtime.InteropServices;
using RemoteSigner.Native;

namespace RemoteSigner.ConstantTime;

/// <summary>
/// Signs by <see cref="PortableSameRoot"/>, watched from outside. <c>portable undefined</c>, under valgrind: 64 scalars whose bytes it
/// holds for undefined, all the way that a burst goes; <c>portable defined</c> is the same with scalars as they are, whose reports have
/// nothing to do with them. <c>portable SET</c>, under the tracer: two scalars of the set, by the engine alone, between two int3. Ends with
/// 0 where the signatures are blst's and valgrind had nothing to report meanwhile.
/// </summary>
internal static unsafe partial class Program
{
    private const int ScalarLength = 32;

    private static ReadOnlySpan<ulong> GroupOrder => [0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48];

    private static int Main(string[] arguments) =>
        arguments switch
        {
            [[var set and >= '0' and <= '9']] => Step(set - '0'),
            ["undefined"] => Watch(areUndefined: true),
            ["defined"] => Watch(areUndefined: false),
            _ => 2,
        };

    private static int Watch(bool areUndefined)
    {
        using var arena = new SecretArena();
        using var signer = new BurstSigner(arena, new WatchedEngine());
        var message = new HashedMessage(new byte[32]);
        var scalars = Scalars(set: 5, count: 64);
        var expected = SignedByBlst(arena, message, scalars);
        var signatures = new byte[expected.Length];

        // Whatever is made at the first call is there.
        var isSound = signer.SignHeld(message, scalars, signatures);
        signatures.AsSpan().Clear();
        if (areUndefined)
        {
            mark_undefined((void*)scalars[0], (nuint)(scalars.Length * ScalarLength));
        }

        var reports = mark_reports();
        isSound &= signer.SignHeld(message, scalars, signatures);
        reports = mark_reports() - reports;
        Console.WriteLine(
            $"{reports} reports; of {scalars.Length * sizeof(BlstP2Affine) / sizeof(ulong)} words of "
                + $"the signatures {WatchedEngine.UndefinedWords} depend on the scalars"
        );
        return isSound && reports == 0 && signatures.AsSpan().SequenceEqual(expected) ? 0 : 1;
    }

    private static int Step(int set)
    {
        using var arena = new SecretArena();
        var engine = new PortableSameRoot();
        var message = new HashedMessage(new byte[32]);
        var scalars = Scalars(set, count: 2);
        _ = message.GetTable(engine, out var table);
        var scratch = (byte*)mark_room((nuint)engine.ScratchLength);
        var points = (BlstP2Affine*)mark_room((nuint)(scalars.Length * sizeof(BlstP2Affine)));
        var signatures = new byte[scalars.Length * Bls.SignatureLength];
        fixed (nint* all = scalars)
        {
            engine.Sign(points, table, (byte**)all, scalars.Length, scratch);
            mark_step();
            engine.Sign(points, table, (byte**)all, scalars.Length, scratch);
            mark_step();
        }

        fixed (byte* target = signatures)
        {
            for (var i = 0; i < scalars.Length; i++)
            {
                BlstLibrary.blst_p2_affine_compress(target + (i * Bls.SignatureLength), points + i);
            }
        }

        return signatures.AsSpan().SequenceEqual(SignedByBlst(arena, message, scalars)) ? 0 : 1;
    }

    private static byte[] SignedByBlst(SecretArena arena, HashedMessage message, ReadOnlySpan<nint> scalars)
    {
        using var signer = new BurstSigner(arena, engine: null);
        var signatures = new byte[scalars.Length * Bls.SignatureLength];
        return signer.SignHeld(message, scalars, signatures) ? signatures : throw new InvalidOperationException("blst did not sign");
    }

    // In one run of memory. Small ones, negatives of small ones, a pattern, few bits, and as they come.
    private static nint[] Scalars(int set, int count)
    {
        var memory = (ulong*)mark_room((nuint)(count * ScalarLength));
        var scalars = new nint[count];
        unchecked
        {
            for (var i = 0; i < count; i++)
            {
                var words = new Span<ulong>(memory + (4 * i), 4);
                scalars[i] = (nint)(memory + (4 * i));
                words.Clear();
                switch (set)
                {
                    case 0:
                        words[0] = (ulong)i + 1;
                        break;
                    case 1:
                        GroupOrder.CopyTo(words);
                        words[0] -= (ulong)i + 1;
                        break;
                    case 2:
                        words.Fill(0x5555555555555555);
                        words[0] ^= (ulong)i;
                        break;
                    case 3:
                        (words[0], words[3]) = ((ulong)i, 7UL << 60);
                        break;
                    default:
                        Fill(words, seed: (ulong)((1000 * set) + i));
                        break;
                }
            }
        }

        return scalars;
    }

    // splitmix64, the same in each run.
    private static void Fill(Span<ulong> words, ulong seed)
    {
        unchecked
        {
            var state = seed << 32;
            foreach (ref var word in words)
            {
                state += 0x9e3779b97f4a7c15;
                var z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
                z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
                word = z ^ (z >> 31);
            }

            words[3] >>= 2;
        }
    }

    [LibraryImport("marks"), SuppressGCTransition]
    private static partial void* mark_room(nuint length);

    [LibraryImport("marks"), SuppressGCTransition]
    private static partial void mark_undefined(void* memory, nuint length);

    [LibraryImport("marks"), SuppressGCTransition]
    private static partial void mark_defined(void* memory, nuint length);

    [LibraryImport("marks"), SuppressGCTransition]
    private static partial nuint mark_undefined_words(void* words, nuint count);

    [LibraryImport("marks"), SuppressGCTransition]
    private static partial int mark_reports();

    [LibraryImport("marks"), SuppressGCTransition]
    private static partial void mark_step();

    // Signatures are given out: what becomes of them hides nothing.
    private sealed class WatchedEngine : PortableSameRoot
    {
        public static nuint UndefinedWords { get; private set; }

        public override void Sign(BlstP2Affine* signatures, byte* table, byte** scalars, int count, byte* scratch)
        {
            base.Sign(signatures, table, scalars, count, scratch);
            UndefinedWords = mark_undefined_words(signatures, (nuint)(count * sizeof(BlstP2Affine) / sizeof(ulong)));
            mark_defined(signatures, (nuint)(count * sizeof(BlstP2Affine)));
        }
    }
}
