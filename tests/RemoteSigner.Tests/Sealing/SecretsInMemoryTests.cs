using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;
using RemoteSigner.Tests.Keys;

namespace RemoteSigner.Tests.Sealing;

[Trait("Speed", "slow")]
[Collection(SoftHsmCollection.Name)]
public sealed class SecretsInMemoryTests(SoftHsm softHsm)
{
    [Fact]
    public void The_scan_finds_what_is_there()
    {
        var scan = new MemoryScan();
        // Pinned: the collector could carry it past the scan, from where it has not looked yet to where it has been.
        var plain = GC.AllocateArray<byte>(32, pinned: true);
        RandomNumberGenerator.Fill(plain);
        scan.LookFor("plain", plain);

        Assert.NotEmpty(scan.Run());
        GC.KeepAlive(plain);
    }

    [Fact]
    public async Task After_import_sealing_and_opening_no_share_password_or_PIN_is_left_in_memory()
    {
        softHsm.Require();
        var scan = new MemoryScan();

        await ImportSealAndOpenAsync(scan);

        Assert.Empty(scan.Run());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task ImportSealAndOpenAsync(MemoryScan scan)
    {
        using var scene = new KeystoreScene();
        WriteKeystore(scene, scan);
        var keys = await KeystoreImport.DecryptAllAsync(KeystoreFolder.Find(scene.Folder), scene.Arena, DerivationLoan.OfAll(256));
        var pin = new PinSource.FromFile(softHsm.SecretPinFile).Read(scene.Arena);
        scan.LookFor("PIN", pin.Span);
        using var token = new Pkcs11Token(
            HsmProfile.Get("softhsm2"),
            new TokenAddress("/usr/lib/softhsm/libsofthsm2.so", "secret"),
            pin,
            scene.Arena,
            TimeProvider.System
        );
        var enrolment = await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System);
        var path = Path.Combine(scene.Folder, "vault");
        using (var vault = await Vault.CreateAsync(path, scene.Arena, [enrolment.Key]))
        {
            vault.Add([.. keys.Select(key => new VaultShare(key.PublicKey, null, null, "", key.Secret))]);
        }

        keys[0].Dispose();
        using var opened = await Vault.OpenAsync(path, scene.Arena, enrolment.Key);
        using var share = Assert.Single(opened.OpenShares());
        share.Secret.Sign(new byte[32], new byte[96]);
    }

    private static void WriteKeystore(KeystoreScene scene, MemoryScan scan)
    {
        using var material = scene.Arena.Allocate(32);
        RandomNumberGenerator.Fill(material.Span);
        using var key = BlsSecretKey.Generate(scene.Arena, material.Span);
        using var scalar = scene.Arena.Allocate(32);
        key.WriteBigEndian(scalar);
        scan.LookFor("scalar", scalar.Span);
        scan.LookFor("scalar, little-endian", scalar.Span, reversed: true);
        using var password = scene.Arena.Allocate(24);
        RandomNumberGenerator.Fill(password.Span);
        for (var i = 0; i < password.Length; i++)
        {
            password.Span[i] = (byte)('a' + (password.Span[i] % 26));
        }

        scan.LookFor("password", password.Span);
        scene.Write("keystore-0.json", scene.NewKeystore(password, key).Json.ToJsonString());
        using var file = File.OpenHandle(Path.Combine(scene.Folder, "keystore-0.txt"), FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, password.Span, 0);
    }
}
