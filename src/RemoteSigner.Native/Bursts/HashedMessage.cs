using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>
/// A message of 32 bytes as a point of G2, and, once many keys have signed it, the table of that point's multiples. All of it is public. It
/// is kept for those who sign the same: half of a signature by blst is the hash.
/// </summary>
internal sealed unsafe class HashedMessage
{
    private const int Alignment = 64;

    private readonly Lock _gate = new();
    private readonly byte[] _message;
    private BlstP2 _point;
    private BlstP2[]? _again;
    private bool _wasUsed;
    private volatile byte[]? _table;

    public HashedMessage(ReadOnlySpan<byte> message)
    {
        _message = message.ToArray();
        Hash(out _point);
    }

    public ReadOnlySpan<byte> Message => _message;

    public ref readonly BlstP2 Point => ref _point;

    /// <summary>
    /// False where the point is not, or not any more, what the message hashes to: nothing may be signed with it. A fault in it would be in
    /// every signature that is made with it, so who uses it again, or for many, has it hashed a second time, and from then on the two are
    /// compared at every use.
    /// </summary>
    /// <param name="forMany">Is it for many signatures? The first one alone is worth no second hash.</param>
    public bool IsSound(bool forMany)
    {
        if (!_wasUsed && !forMany)
        {
            _wasUsed = true;
            return true;
        }

        return Bytes(in _point).SequenceEqual(Bytes(in Again()[0]));
    }

    /// <summary>Is the table there already?</summary>
    public bool HasTable => _table is not null;

    /// <summary>The table, made where it is not there. It does not move; the array keeps it alive.</summary>
    /// <param name="start">Where it begins, aligned to 64.</param>
    public byte[] GetTable(SameRootEngine engine, out byte* start)
    {
        var table = _table ?? Make(engine);
        start = StartOf(table);
        return table;
    }

    // Two who come at once hash twice, and compare with the same.
    private BlstP2[] Again()
    {
        if (Volatile.Read(ref _again) is { } known)
        {
            return known;
        }

        var again = new BlstP2[1];
        Hash(out again[0]);
        return Interlocked.CompareExchange(ref _again, again, null) ?? again;
    }

    private void Hash(out BlstP2 hashed)
    {
        fixed (
            byte* text = _message,
                tag = Bls.Ciphersuite
        )
        fixed (BlstP2* point = &hashed)
        {
            BlstLibrary.blst_hash_to_g2(point, text, (nuint)_message.Length, tag, (nuint)Bls.Ciphersuite.Length, null, 0);
        }
    }

    private static ReadOnlySpan<byte> Bytes(ref readonly BlstP2 point) => MemoryMarshal.AsBytes(new ReadOnlySpan<BlstP2>(in point));

    private byte[] Make(SameRootEngine engine)
    {
        lock (_gate)
        {
            if (_table is { } made)
            {
                return made;
            }

            var table = GC.AllocateUninitializedArray<byte>(engine.TableLength + Alignment, pinned: true);
            fixed (BlstP2* point = &_point)
            {
                engine.MakeTable(StartOf(table), point);
            }

            return _table = table;
        }
    }

    private static byte* StartOf(byte[] pinned)
    {
        fixed (byte* first = pinned)
        {
            return first + ((Alignment - ((nint)first % Alignment)) % Alignment);
        }
    }
}
