using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RemoteSigner.Native;

/// <summary>
/// On blst's own field arithmetic, for every processor: signed odd digits (<see cref="SignedDigits"/>), a table of odd multiples in windows
/// of six bits, and additions of affine points that share one inversion a step (Montgomery's trick).
/// </summary>
/// <remarks>
/// <para>No addition is exceptional, for any scalar s in [1, r). All digits are odd and at most Z − 1. Within a digit the windows below one
/// of 2^(6j) add up to an odd number that is smaller, so that the next one is never its equal nor its opposite. In Horner's rule Vᵢ =
/// Vᵢ₊₁·Z + dᵢ the multiple is even and the digit odd; the sums are below r but for the last, which is s itself, and the last difference, s
/// − 2d₀, could only be r for s = r − 2, whose d₀ is Z − 1 with an odd d₁ and so does not pay.</para>
/// <para>The order is part of the proof: (V₃·Z + d₂)·Z² + (d₁·Z + d₀) would save an inversion and be wrong for s = 2 and s = r − 2.</para>
/// </remarks>
internal unsafe class PortableSameRoot : SameRootEngine
{
    private const int Window = 6;
    private const int Windows = (64 + Window - 1) / Window;
    private const int Entries = 1 << (Window - 1);
    private const int Most = 64;
    private const int Additions = SignedDigits.Count * Most;

    // Z·(x, y) = −psi(x, y) = (conj(x)·kx, conj(y)·ky), in Montgomery form: kx = (1+i)^(−(p−1)/3), which is imaginary, and ky =
    // −(1+i)^(−(p−1)/2).
    private static readonly ulong[] _kx = Pinned([
        0x890dc9e4867545c3,
        0x2af322533285a5d5,
        0x50880866309b7e2c,
        0xa20d1b8c7e881024,
        0x14e4f04fe2db9068,
        0x14e56d3f1564853a,
    ]);
    private static readonly ulong[] _ky = Pinned([
        0x7bcfa7a25aa30fda,
        0xdc17dec12a927e7c,
        0x2f088dd86b4ebef1,
        0xd1ca2087da74d4a7,
        0x2da2596696cebc1d,
        0x0e2b7eedbbfd87d2,
        0x3e2f585da55c9ad1,
        0x4294213d86c18183,
        0x382844c88b623732,
        0x92ad2afd19103e18,
        0x1d794e4fac7cf0b9,
        0x0bd592fc7d825ec8,
    ]);

    public override string Name => "portable";

    public override int Batch => Most;

    public override int WorthATable => 4;

    public override int TableLength => Windows * Entries * sizeof(BlstP2Affine);

    public override int ScratchLength =>
        (2 * Additions * sizeof(BlstP2Affine)) + Inversions.LengthOf(Additions) + (Most * (SignedDigits.Count + 1) * sizeof(ulong));

    public override void MakeTable(byte* table, BlstP2* point)
    {
        var entries = (BlstP2Affine*)table;
        var twice = stackalloc BlstP2Affine[Windows];
        FirstOfEachWindow(twice, point);
        for (var window = 0; window < Windows; window++)
        {
            entries[window * Entries] = twice[window];
        }

        var memory = NativeMemory.Alloc((nuint)Inversions.LengthOf(Windows * Entries / 2));
        try
        {
            var inversions = new Inversions((byte*)memory, Windows * Entries / 2);
            Double(twice, inversions);
            for (var known = 1; known < Entries; known *= 2)
            {
                Extend(entries, twice, known, inversions);
            }
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    public override void Sign(BlstP2Affine* signatures, byte* table, byte** scalars, int count, byte* scratch)
    {
        var sums = (BlstP2Affine*)scratch;
        var terms = sums + Additions;
        var inversions = new Inversions((byte*)(terms + Additions), Additions);
        var words = (ulong*)((byte*)(terms + Additions) + Inversions.LengthOf(Additions));
        var flips = words + (Most * SignedDigits.Count);
        for (var i = 0; i < count; i++)
        {
            flips[i] = SignedDigits.Recode(words + (i * SignedDigits.Count), scalars[i]);
        }

        for (var window = 0; window < Windows; window++)
        {
            LookUp(window == 0 ? sums : terms, (BlstP2Affine*)table + (window * Entries), words, window, count);
            if (window > 0)
            {
                Add(sums, terms, SignedDigits.Count * count, inversions);
            }

            AfterWindow(scratch, window);
        }

        // Horner's rule over the digits, the highest first.
        var result = sums + ((SignedDigits.Count - 1) * count);
        for (var digit = SignedDigits.Count - 2; digit >= 0; digit--)
        {
            for (var i = 0; i < count; i++)
            {
                MultiplyByZ(&result[i]);
            }

            Add(result, sums + (digit * count), count, inversions);
        }

        for (var i = 0; i < count; i++)
        {
            signatures[i] = result[i];
            BlstLibrary.blst_fp2_cneg(&signatures[i].Y, &signatures[i].Y, unchecked((byte)(flips[i] & 1)));
        }
    }

    /// <summary>For a test that has a bit of the working memory flip.</summary>
    protected virtual void AfterWindow(byte* scratch, int window) { }

    // 2^(6j)·P for each window j.
    private static void FirstOfEachWindow(BlstP2Affine* first, BlstP2* point)
    {
        var bases = stackalloc BlstP2[Windows];
        bases[0] = *point;
        for (var window = 1; window < Windows; window++)
        {
            bases[window] = bases[window - 1];
            for (var bit = 0; bit < Window; bit++)
            {
                BlstLibrary.blst_p2_double(&bases[window], &bases[window]);
            }
        }

        var from = stackalloc BlstP2*[] { bases, null };
        BlstLibrary.blst_p2s_to_affine(first, from, Windows);
    }

    // The entries 1, 3, .., 2m − 1 are there, and 2m times the window's point: those from 2m + 1 to 4m − 1 are sums, and the next step is
    // twice as wide.
    private static void Extend(BlstP2Affine* entries, BlstP2Affine* step, int known, Inversions inversions)
    {
        for (var window = 0; window < Windows; window++)
        {
            for (var i = 0; i < known; i++)
            {
                BlstLibrary.blst_fp2_sub(&inversions.Values[(window * known) + i], &step[window].X, &entries[(window * Entries) + i].X);
            }
        }

        inversions.Run(Windows * known);
        for (var window = 0; window < Windows; window++)
        {
            for (var i = 0; i < known; i++)
            {
                var from = &entries[(window * Entries) + i];
                Chord(from + known, from, &step[window], &inversions.Values[(window * known) + i]);
            }
        }

        if (2 * known < Entries)
        {
            Double(step, inversions);
        }
    }

    private static void Double(BlstP2Affine* points, Inversions inversions)
    {
        for (var i = 0; i < Windows; i++)
        {
            BlstLibrary.blst_fp2_add(&inversions.Values[i], &points[i].Y, &points[i].Y);
        }

        inversions.Run(Windows);
        for (var i = 0; i < Windows; i++)
        {
            BlstFp2 slope;
            BlstLibrary.blst_fp2_sqr(&slope, &points[i].X);
            BlstLibrary.blst_fp2_mul_by_3(&slope, &slope);
            BlstLibrary.blst_fp2_mul(&slope, &slope, &inversions.Values[i]);
            var before = points[i];
            Follow(&points[i], &before, &before, &slope);
        }
    }

    // sums[i] += terms[i]
    private static void Add(BlstP2Affine* sums, BlstP2Affine* terms, int count, Inversions inversions)
    {
        for (var i = 0; i < count; i++)
        {
            BlstLibrary.blst_fp2_sub(&inversions.Values[i], &terms[i].X, &sums[i].X);
        }

        inversions.Run(count);
        for (var i = 0; i < count; i++)
        {
            Chord(&sums[i], &sums[i], &terms[i], &inversions.Values[i]);
        }
    }

    // Where the line through two points meets the curve again, mirrored.
    private static void Chord(BlstP2Affine* sum, BlstP2Affine* left, BlstP2Affine* right, BlstFp2* inverseOfRun)
    {
        BlstFp2 slope;
        BlstLibrary.blst_fp2_sub(&slope, &right->Y, &left->Y);
        BlstLibrary.blst_fp2_mul(&slope, &slope, inverseOfRun);
        Follow(sum, left, right, &slope);
    }

    // The sum may be the left one's place.
    private static void Follow(BlstP2Affine* sum, BlstP2Affine* left, BlstP2Affine* right, BlstFp2* slope)
    {
        BlstFp2 x,
            y;
        BlstLibrary.blst_fp2_sqr(&x, slope);
        BlstLibrary.blst_fp2_sub(&x, &x, &left->X);
        BlstLibrary.blst_fp2_sub(&x, &x, &right->X);
        BlstLibrary.blst_fp2_sub(&y, &left->X, &x);
        BlstLibrary.blst_fp2_mul(&y, &y, slope);
        BlstLibrary.blst_fp2_sub(&sum->Y, &y, &left->Y);
        sum->X = x;
    }

    private static void MultiplyByZ(BlstP2Affine* point)
    {
        fixed (
            ulong* kx = _kx,
                ky = _ky
        )
        {
            // conj(a + bi)·(k·i) = bk + ak·i
            BlstFp real;
            BlstLibrary.blst_fp_mul(&real, &point->X.Im, (BlstFp*)kx);
            BlstLibrary.blst_fp_mul(&point->X.Im, &point->X.Re, (BlstFp*)kx);
            point->X.Re = real;
            BlstLibrary.blst_fp_cneg(&point->Y.Im, &point->Y.Im, 1);
            BlstLibrary.blst_fp2_mul(&point->Y, &point->Y, (BlstFp2*)ky);
        }
    }

    // Of every digit of every signature its entry of this window. The last window is narrower.
    private static void LookUp(BlstP2Affine* found, BlstP2Affine* entries, ulong* words, int window, int count)
    {
        unchecked
        {
            var shift = window * Window;
            var bits = Math.Min(Window, 64 - shift);
            var mask = (1UL << bits) - 1;
            for (var digit = 0; digit < SignedDigits.Count; digit++)
            {
                for (var i = 0; i < count; i++)
                {
                    LookUp(&found[(digit * count) + i], entries, (words[(i * SignedDigits.Count) + digit] >> shift) & mask, bits);
                }
            }
        }
    }

    // The entry of the digit 2·value − (2^bits − 1). All of the window is read, whatever the value is.
    private static void LookUp(BlstP2Affine* found, BlstP2Affine* entries, ulong value, int bits)
    {
        unchecked
        {
            var negative = (value >> (bits - 1)) - 1;
            var last = (1UL << (bits - 1)) - 1;
            var index = (value ^ negative) & last;
            Vector256<ulong> a = default,
                b = default,
                c = default,
                d = default,
                e = default,
                f = default;
            for (ulong k = 0; k <= last; k++)
            {
                var isIt = Vector256.Create(0 - (((index ^ k) - 1) >> 63));
                var entry = (Vector256<ulong>*)(entries + k);
                a |= entry[0] & isIt;
                b |= entry[1] & isIt;
                c |= entry[2] & isIt;
                d |= entry[3] & isIt;
                e |= entry[4] & isIt;
                f |= entry[5] & isIt;
            }

            var target = (Vector256<ulong>*)found;
            (target[0], target[1], target[2], target[3], target[4], target[5]) = (a, b, c, d, e, f);
            BlstLibrary.blst_fp2_cneg(&found->Y, &found->Y, (byte)(negative & 1));
        }
    }

    private static ulong[] Pinned(ReadOnlySpan<ulong> limbs)
    {
        var pinned = GC.AllocateUninitializedArray<ulong>(limbs.Length, pinned: true);
        limbs.CopyTo(pinned);
        return pinned;
    }

    /// <summary>
    /// Many inverses in Fp2 for one in Fp and a few multiplications each: the norms are multiplied up, one inverse is taken, and the
    /// products are taken apart again.
    /// </summary>
    private readonly ref struct Inversions
    {
        private readonly BlstFp* _norms;
        private readonly BlstFp* _products;

        /// <param name="memory">Of <see cref="LengthOf"/>.</param>
        /// <param name="most">How many at most.</param>
        public Inversions(byte* memory, int most)
        {
            Values = (BlstFp2*)memory;
            _norms = (BlstFp*)(Values + most);
            _products = _norms + most;
        }

        /// <summary>What is to be inverted, in place; none is zero.</summary>
        public BlstFp2* Values { get; }

        public static int LengthOf(int most) => most * (sizeof(BlstFp2) + (2 * sizeof(BlstFp)));

        public void Run(int count)
        {
            BlstFp factor,
                rest;
            for (var i = 0; i < count; i++)
            {
                BlstLibrary.blst_fp_sqr(&_norms[i], &Values[i].Re);
                BlstLibrary.blst_fp_sqr(&factor, &Values[i].Im);
                BlstLibrary.blst_fp_add(&_norms[i], &_norms[i], &factor);
                if (i == 0)
                {
                    _products[0] = _norms[0];
                }
                else
                {
                    BlstLibrary.blst_fp_mul(&_products[i], &_products[i - 1], &_norms[i]);
                }
            }

            BlstLibrary.blst_fp_inverse(&rest, &_products[count - 1]);
            for (var i = count - 1; i >= 0; i--)
            {
                if (i == 0)
                {
                    factor = rest;
                }
                else
                {
                    BlstLibrary.blst_fp_mul(&factor, &rest, &_products[i - 1]);
                    BlstLibrary.blst_fp_mul(&rest, &rest, &_norms[i]);
                }

                // 1/(a + bi) = (a − bi)/(a² + b²)
                BlstLibrary.blst_fp_mul(&Values[i].Re, &Values[i].Re, &factor);
                BlstLibrary.blst_fp_mul(&Values[i].Im, &Values[i].Im, &factor);
                BlstLibrary.blst_fp_cneg(&Values[i].Im, &Values[i].Im, 1);
            }
        }
    }
}
