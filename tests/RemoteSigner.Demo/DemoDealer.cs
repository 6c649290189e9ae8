using System.Security.Cryptography;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Demo;

/// <summary>
/// DEMO ONLY. Knows the whole key for a moment and deals it in t-of-n shares. A real cluster makes its shares in a ceremony in which nobody
/// ever knows the key (DKG); never use a dealer for a validator with stake.
/// </summary>
internal sealed class DemoDealer : IDisposable
{
    private readonly SecretArena _arena = new();
    private readonly BlsSecretKey[] _coefficients;

    public DemoDealer(int threshold)
    {
        _coefficients = [.. Enumerable.Range(0, threshold).Select(_ => BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32)))];
        GroupKey = PublicKeyOf(_coefficients[0]);
    }

    public BlsPublicKey GroupKey { get; }

    /// <summary>Writes the share with this index as a keystore with its password file; returns the share's public key.</summary>
    public BlsPublicKey Deal(ulong index, string folder)
    {
        Directory.CreateDirectory(folder);
        using var share = BlsSecretKey.Share(_arena, _coefficients, index);
        KeystoreWriter.Write(_arena, folder, 0, share, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        return PublicKeyOf(share);
    }

    public void Dispose()
    {
        Array.ForEach(_coefficients, coefficient => coefficient.Dispose());
        _arena.Dispose();
    }

    private static BlsPublicKey PublicKeyOf(BlsSecretKey key)
    {
        Span<byte> bytes = stackalloc byte[BlsPublicKey.Length];
        key.WritePublicKey(bytes);
        return new BlsPublicKey(bytes);
    }
}
