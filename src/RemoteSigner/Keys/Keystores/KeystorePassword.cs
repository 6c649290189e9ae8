using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>
/// Passwords as EIP-2335 wants them: UTF-8 of the NFKD form without C0, C1 and DEL control codes, so that a trailing newline in a file does
/// not count. Everything happens in secret memory; nothing becomes a string or a managed array.
/// </summary>
public static class KeystorePassword
{
    /// <summary>The longest password that is read, in bytes.</summary>
    public const int MaxBytes = 1024;

    private const int LongestDecomposition = 18;
    private const int HangulFirst = 0xac00,
        HangulLast = 0xd7a3,
        LeadFirst = 0x1100,
        VowelFirst = 0x1161,
        TailBefore = 0x11a7,
        Vowels = 21,
        Tails = 28;

    /// <summary>Reads a password file, at most <see cref="MaxBytes"/>, and normalises it.</summary>
    /// <exception cref="KeystoreException">It is missing, too long, or not UTF-8.</exception>
    public static SecretBytes Read(string path, SecretArena arena)
    {
        try
        {
            using var raw = SecretFile.Read(path, arena, MaxBytes);
            return Normalise(raw, arena);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeystoreException(
                KeystoreFault.PasswordUnreadable,
                $"cannot read the password file {path}: {e.Message}",
                "check the path and the file's owner and mode",
                e
            );
        }
    }

    /// <summary>Gives the normal form, which stays the same when normalised again.</summary>
    /// <exception cref="KeystoreException">The bytes are not UTF-8, or too many.</exception>
    public static SecretBytes Normalise(SecretBytes raw, SecretArena arena)
    {
        if (raw.Length > MaxBytes)
        {
            throw new KeystoreException(
                KeystoreFault.PasswordUnreadable,
                $"a password has at most {MaxBytes} bytes, this one {raw.Length}",
                "check that this is the password file"
            );
        }

        return Ascii.IsValid(raw.Span) ? Strip(raw.Span, arena) : NormaliseUnicode(raw.Span, arena);
    }

    private static SecretBytes Strip(ReadOnlySpan<byte> ascii, SecretArena arena)
    {
        using var kept = arena.Allocate(Math.Max(1, ascii.Length));
        var length = 0;
        foreach (var character in ascii)
        {
            if (!IsControl(character))
            {
                kept.Span[length++] = character;
            }
        }

        return Copy(kept.Span[..length], arena);
    }

    private static SecretBytes NormaliseUnicode(ReadOnlySpan<byte> utf8, SecretArena arena)
    {
        using var memory = arena.Allocate(utf8.Length * LongestDecomposition * sizeof(int));
        var points = MemoryMarshal.Cast<byte, int>(memory.Span);
        points = points[..Decompose(utf8, points)];
        Reorder(points);
        using var encoded = arena.Allocate(points.Length * 4);
        var length = 0;
        foreach (var point in points)
        {
            if (!IsControl(point))
            {
                length += new Rune(point).EncodeToUtf8(encoded.Span[length..]);
            }
        }

        return Copy(encoded.Span[..length], arena);
    }

    private static int Decompose(ReadOnlySpan<byte> utf8, Span<int> points)
    {
        var length = 0;
        while (utf8.Length > 0)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var used) != OperationStatus.Done)
            {
                throw new KeystoreException(
                    KeystoreFault.PasswordUnreadable,
                    "the password is not UTF-8",
                    "save the password file as UTF-8"
                );
            }

            utf8 = utf8[used..];
            length += Decompose(rune.Value, points[length..]);
        }

        return length;
    }

    private static int Decompose(int point, Span<int> parts)
    {
        if (point is >= HangulFirst and <= HangulLast)
        {
            return DecomposeHangul(point - HangulFirst, parts);
        }

        var decomposition = UnicodeTable.Decomposition(point);
        if (decomposition.IsEmpty)
        {
            parts[0] = point;
            return 1;
        }

        decomposition.CopyTo(parts);
        return decomposition.Length;
    }

    // The Unicode Standard §3.12: syllables are numbered by lead, vowel and tail.
    private static int DecomposeHangul(int syllable, Span<int> parts)
    {
        parts[0] = LeadFirst + (syllable / (Vowels * Tails));
        parts[1] = VowelFirst + (syllable / Tails % Vowels);
        var tail = syllable % Tails;
        if (tail > 0)
        {
            parts[2] = TailBefore + tail;
        }

        return tail > 0 ? 3 : 2;
    }

    // The Unicode Standard §3.11, canonical ordering: neighbours of falling non-zero classes change places until none is left.
    private static void Reorder(Span<int> points)
    {
        for (var i = 1; i < points.Length; i++)
        {
            var combining = UnicodeTable.CombiningClass(points[i]);
            for (var j = i; combining != 0 && j > 0 && UnicodeTable.CombiningClass(points[j - 1]) > combining; j--)
            {
                (points[j], points[j - 1]) = (points[j - 1], points[j]);
            }
        }
    }

    private static bool IsControl(int point) => point is < 0x20 or (>= 0x7f and <= 0x9f);

    private static SecretBytes Copy(ReadOnlySpan<byte> kept, SecretArena arena)
    {
        if (kept.IsEmpty)
        {
            throw new KeystoreException(KeystoreFault.PasswordUnreadable, "the password is empty", "check that this is the password file");
        }

        var copy = arena.Allocate(kept.Length);
        kept.CopyTo(copy.Span);
        return copy;
    }
}
