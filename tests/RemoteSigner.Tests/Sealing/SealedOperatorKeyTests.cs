using System.Security.Cryptography;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Sealing;

namespace RemoteSigner.Tests.Sealing;

/// <summary>The file beside the vault, with a vault that a recovery key opens.</summary>
public sealed class SealedOperatorKeyTests : IDisposable
{
    private static readonly RSA _rsa = RSA.Create(2048);
    private readonly VaultScene _scene = new();

    public void Dispose() => _scene.Dispose();

    private string Sealed => Path.Combine(_scene.Folder, "operator-key");

    [Fact]
    public async Task A_sealed_key_opens_to_the_same_key_and_shows_its_public_part()
    {
        var publicKey = await SealAsync();

        using var vault = await _scene.OpenAsync();
        using var opened = vault.OpenOperatorKey(Sealed, _scene.Arena);

        Assert.Equal(publicKey, opened!.PublicKey);
        Assert.Equal(publicKey, Vault.ListOperatorKey(Sealed));
        Assert.True(_rsa.VerifyData("words"u8, opened.Sign("words"u8), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Sealed));
    }

    [Fact]
    public async Task No_byte_can_be_changed_and_none_cut_off()
    {
        await SealAsync();
        var bytes = await File.ReadAllBytesAsync(Sealed, TestContext.Current.CancellationToken);
        using var vault = await _scene.OpenAsync();
        for (var i = 0; i < bytes.Length; i += 7)
        {
            await File.WriteAllBytesAsync(
                Sealed,
                bytes.Select((value, at) => at == i ? (byte)(value ^ 1) : value).ToArray(),
                TestContext.Current.CancellationToken
            );
            Assert.Throws<VaultException>(() => vault.OpenOperatorKey(Sealed, _scene.Arena));
            await File.WriteAllBytesAsync(Sealed, bytes[..i], TestContext.Current.CancellationToken);
            Assert.Throws<VaultException>(() => vault.OpenOperatorKey(Sealed, _scene.Arena));
        }
    }

    [Fact]
    public async Task It_opens_in_its_own_vault_alone()
    {
        await SealAsync();
        using var other = new VaultScene();
        await other.MakeAsync(0);
        using var vault = await other.OpenAsync();

        Assert.Equal(VaultFault.WrongOperatorKey, Assert.Throws<VaultException>(() => vault.OpenOperatorKey(Sealed, other.Arena)).Fault);
    }

    [Fact]
    public async Task It_is_never_overwritten_and_need_not_be_there()
    {
        await _scene.MakeAsync(0);
        using var vault = await _scene.OpenAsync();
        Assert.Null(vault.OpenOperatorKey(Sealed, _scene.Arena));
        Assert.Null(Vault.ListOperatorKey(Sealed));
        using var key = OperatorKey.FromPkcs1(_scene.Arena, _rsa.ExportRSAPrivateKey());
        RemoteSigner.Native.DurableFile.Replace(Sealed, vault.SealOperatorKey(Sealed, key));

        Assert.Equal(VaultFault.Exists, Assert.Throws<VaultException>(() => vault.SealOperatorKey(Sealed, key)).Fault);
    }

    private async Task<OperatorPublicKey> SealAsync()
    {
        await _scene.MakeAsync(0);
        using var vault = await _scene.OpenAsync();
        using var key = OperatorKey.FromPkcs1(_scene.Arena, _rsa.ExportRSAPrivateKey());
        RemoteSigner.Native.DurableFile.Replace(Sealed, vault.SealOperatorKey(Sealed, key));
        return key.PublicKey;
    }
}
