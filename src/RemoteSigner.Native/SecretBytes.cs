using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace RemoteSigner.Native;

/// <summary>
/// A run of bytes in the <see cref="SecretArena"/>, zeroed once it is disposed and no native call uses it any more (which is what a
/// <see cref="System.Runtime.InteropServices.SafeHandle"/> counts). The span must not outlive it. All zeroes once the arena is disposed.
/// </summary>
public sealed unsafe class SecretBytes : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly SecretArena.Chunk _chunk;
    private readonly int _firstBlock;

    internal SecretBytes(SecretArena.Chunk chunk, int firstBlock, nint start, int length)
        : base(ownsHandle: true)
    {
        (_chunk, _firstBlock, Length) = (chunk, firstBlock, length);
        SetHandle(start);
    }

    /// <summary>Length in bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes themselves, outside the managed heap.</summary>
    /// <exception cref="ObjectDisposedException">They were given back already.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return new Span<byte>((void*)handle, Length);
        }
    }

    /// <summary>Copies the bytes, which nobody can zero meanwhile: for bytes of which half would do harm.</summary>
    /// <exception cref="ObjectDisposedException">They were given back, or the arena was disposed.</exception>
    public void CopyTo(Span<byte> destination)
    {
        var counted = false;
        try
        {
            DangerousAddRef(ref counted);
            _chunk.Copy(new ReadOnlySpan<byte>((void*)handle, Length), destination);
        }
        finally
        {
            if (counted)
            {
                DangerousRelease();
            }
        }
    }

    protected override bool ReleaseHandle()
    {
        CryptographicOperations.ZeroMemory(new Span<byte>((void*)handle, Length));
        _chunk.Free(_firstBlock, Length);
        return true;
    }
}
