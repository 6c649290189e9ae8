using RemoteSigner.Administration.Files;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Host.Cli;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters.Ssv;
using RemoteSigner.Tests.Keys;
using RemoteSigner.Tests.Sealing;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// A thief who keeps everything: every root key there ever was, every copy of the vault and of what is beside it, every approval, the token
/// with all keys that it ever had, its PIN, the recovery key, the TPM while the machine runs, and every PIN but the newest. After each act
/// that takes trust away a share comes in; what he has from before opens none of them.
/// </summary>
[Collection(SoftHsmCollection.Name)]
public sealed class OlderTrustTests(SoftHsm softHsm) : IAsyncLifetime
{
    private static readonly TpmlPcrSelection Pcrs = TpmlPcrSelection.Sha256(7);

    private readonly string _folder = ActStock.NewFolder();
    private readonly string _hoard = ActStock.NewFolder();
    private readonly string _tpm = Directory.CreateTempSubdirectory("tpm-").FullName;
    private readonly string _secondTpm = Directory.CreateTempSubdirectory("tpm-").FullName;
    private readonly VaultScene _scene = new();
    private readonly List<Era> _eras = [];
    private readonly List<string> _pins = ["none"];
    private SoftwareTpm _software = null!;
    private SoftwareTpm _second = null!;
    private ReleaseKey _release = ReleaseKey.Generate();
    private string _pin = "none";
    private int _combinations;

    private DataDirectory Data => new(_folder);

    private SecretArena Arena => _scene.Arena;

    private SignerOptions Options =>
        new()
        {
            Network = new NetworkOptions { Name = "hoodi" },
            Seal = new SealOptions
            {
                Profile = "softhsm2",
                Token = "one",
                Pin = new PinOptions { File = "pin" },
            },
            RollbackProtection = new RollbackProtectionOptions { Anchor = RollbackProtectionOptions.None },
            Tpm = new TpmOptions
            {
                Address = _software.Address,
                Pin = new PinOptions { File = "tpm-pin" },
            },
            Clients = [],
        };

    public async ValueTask InitializeAsync()
    {
        softHsm.Require();
        Assert.SkipUnless(
            SoftwareTpm.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true",
            "swtpm or tpm2-tools is not installed (apt-get install swtpm tpm2-tools)"
        );
        (_software, _second) = (await SoftwareTpm.StartAsync(_tpm), await SoftwareTpm.StartAsync(_secondTpm));
        foreach (var tpm in new[] { _software, _second })
        {
            // The search tries many PINs; a TPM that locks itself would make it look better than it is.
            (
                await tpm.ToolAsync(
                    "dictionarylockout",
                    "--setup-parameters",
                    "--max-tries=100000",
                    "--recovery-time=1",
                    "--lockout-recovery-time=1"
                )
            ).Succeeded();
        }

        await MakeAsync();
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Nothing_from_before_opens_what_came_after()
    {
        await AfterAsync("at first", _ => Task.CompletedTask);
        await AfterAsync("rekey", signer => signer.ExecuteAsync(new Rekey(Reach(signer))));
        await AfterAsync("rotate", async signer =>
            await signer.ExecuteAsync(
                AddTokenSlot.InPlaceOf(
                    await TokenKeyAsync(signer),
                    signer.Keys.Hardware.Token,
                    "rotated",
                    Reach(signer),
                    TimeProvider.System
                )
            )
        );
        await AfterAsync("a PIN", signer => ProvisionAsync(signer, newPin: "4711"));
        await AfterAsync("another PIN", signer => ProvisionAsync(signer, newPin: "4712"));
        await AfterAsync("another release key", signer =>
        {
            _release = ReleaseKey.Generate();
            return ProvisionAsync(signer, newPin: null);
        });
        await AfterAsync("revoke", async signer =>
            await signer.ExecuteAsync(
                new RevokeFirmware(
                    signer.Keys.Hardware.Tpm,
                    new TpmProvisioning(signer.Keys.Hardware.Tpm, _release, Pcrs, wantsPin: true) { Judge = _ => Task.CompletedTask },
                    _release,
                    "now",
                    Reach(signer)
                )
            )
        );
        await AfterAsync("recover", signer =>
        {
            signer.Site.Key = () => Task.FromResult<IKeyEncryptionKey>(_scene.PrivateRecovery);
            return signer.ExecuteAsync(AddTokenSlot.AfterLoss(signer.Keys.Hardware.Token, "recovered", Reach(signer), TimeProvider.System));
        });
        await AfterAsync("another TPM in place of this one", signer =>
            ProvisionAsync(signer, newPin: null, inPlaceOf: Tpms(signer).Single(), software: _second)
        );
        await AfterAsync("remove", async signer =>
            await signer.ExecuteAsync(new RemoveSlot(Tpms(signer).Single().KeyIdText, await TokenKeyAsync(signer), Reach(signer)))
        );

        await SearchAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"{_combinations} combinations of {_eras.Count} eras");
        TestContext.Current.SendDiagnosticMessage($"{_combinations} combinations of {_eras.Count} eras opened nothing");
        Assert.InRange(_combinations, 1000, int.MaxValue);
    }

    public async ValueTask DisposeAsync()
    {
        _eras.ForEach(era => era.Dispose());
        await (_software?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_second?.DisposeAsync() ?? ValueTask.CompletedTask);
        _release.Dispose();
        _scene.Dispose();
        foreach (var folder in new[] { _folder, _hoard, _tpm, _secondTpm })
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task MakeAsync()
    {
        await using (var scene = await ImportScene.OpenAsync())
        {
            using var token = softHsm.Open(scene.Vaults.Arena);
            await scene.DoAsync(new AddTokenSlot(token, "older", TimeProvider.System));
            using var key = OperatorKeyTests.Operator(scene.Vaults.Arena, 0);
            await scene.DoAsync(new ImportOperatorKey(key, Path.Combine(scene.Vaults.Folder, "operator-key")));
            FolderImage.Of(scene.Vaults.Folder).PutBack(_folder);
        }

        Write("pin", SoftHsm.Pin);
        Write("tpm-pin", "none");
        await using var signer = await OpenAsync();
        await signer.ExecuteAsync(
            new ProvisionTpm(
                new TpmProvisioning(signer.Keys.Hardware.Tpm, _release, Pcrs, wantsPin: false) { Judge = _ => Task.CompletedTask },
                _release,
                "tpm",
                "tpm",
                "now",
                Reach(signer)
            )
        );
    }

    private void Write(string name, string secret)
    {
        File.WriteAllText(Path.Combine(_folder, name), secret);
        File.SetUnixFileMode(Path.Combine(_folder, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private Task<OfflineSigner> OpenAsync() => OfflineSigner.OpenAsync(Data, Options, Ledger.Open(Data.LedgerFile));

    private static IEnumerable<VaultSlot> Tpms(OfflineSigner signer) =>
        Vault.List(signer.Data.VaultFile).Slots.Where(slot => slot.Type == VaultSlotType.Tpm2Sealed);

    private static async Task<IKeyEncryptionKey> TokenKeyAsync(OfflineSigner signer) => await signer.Keys.FindKeyForChangeAsync();

    // What a person at this machine has: token, TPM with the release key, and the public halves in the slots.
    private SlotReach Reach(OfflineSigner signer, params string[] dropped) =>
        new(
            [],
            async (slot, stop) =>
            {
                if (slot.Type != VaultSlotType.Tpm2Sealed)
                {
                    return await signer.Keys.FindInTokenAsync(slot, stop);
                }

                var tpm = signer.Keys.Hardware.Tpm;
                if (!await tpm.OwnsAsync(slot, stop))
                {
                    return null;
                }

                var provisioning = new TpmProvisioning(tpm, _release, Pcrs, TpmSeal.WantsPinOf(slot)) { Judge = _ => Task.CompletedTask };
                var key = await provisioning.ProvideKeyAsync(slot.Label, stop);
                await provisioning.ApproveAsync(Vault.List(signer.Data.VaultFile).VaultId, "again", stop);
                return key;
            },
            dropped
        );

    private async Task ProvisionAsync(OfflineSigner signer, string? newPin, VaultSlot? inPlaceOf = null, SoftwareTpm? software = null)
    {
        using var other = software is null
            ? null
            : new SealingTpm(
                software.Address,
                new FirmwareApprovalFolder(Data.TpmFolder),
                new PinSource.FromFile(Path.Combine(_folder, "tpm-pin")),
                null,
                Arena
            );
        signer.Site.Key = signer.Keys.FindKeyForChangeAsync;
        var provisioning = new TpmProvisioning(other ?? signer.Keys.Hardware.Tpm, _release, Pcrs, wantsPin: true)
        {
            Judge = _ => Task.CompletedTask,
            NewPin = newPin is null ? null : new PinSource.FromPrompt(arena => SoftHsm.Secret(arena, newPin)),
        };
        await signer.ExecuteAsync(
            new ProvisionTpm(provisioning, _release, "tpm", "tpm", "now", Reach(signer, inPlaceOf is null ? [] : [inPlaceOf.KeyIdText]))
        );
        if (newPin is not null)
        {
            (_pin, _) = (newPin, 0);
            _pins.Add(newPin);
            Write("tpm-pin", newPin);
        }
    }

    // The act, and a share that comes in after it; then the thief takes what there is.
    private async Task AfterAsync(string name, Func<OfflineSigner, Task> act)
    {
        await using (var signer = await OpenAsync())
        {
            await act(signer);
        }

        var share = _scene.NewShare(label: $"after {name}");
        await using (var signer = await OpenAsync())
        {
            await signer.ExecuteAsync(new ImportShares(new ImportRequest([share], DeclaredHistory.NeverSigned)));
            using var vault = await signer.Keys.OpenVaultAsync();
            using var key = signer.Keys.OpenOperatorKey(vault);
            Assert.NotNull(key);
        }

        var image = Path.Combine(_hoard, $"{_eras.Count}");
        Directory.CreateDirectory(Path.Combine(image, "tpm"));
        File.Copy(Data.VaultFile, Path.Combine(image, "vault"));
        File.Copy(Data.OperatorKeyFile, Path.Combine(image, "operator-key"));
        Directory
            .GetFiles(Data.TpmFolder, "*.approval.json")
            .ToList()
            .ForEach(file => File.Copy(file, Path.Combine(_hoard, Path.GetFileName(file)), overwrite: true));
        _eras.Add(new Era(name, image, share.ShareKey, _pins.Count, await RootKeyAsync(image)));
    }

    private async Task<VaultRootKey> RootKeyAsync(string image)
    {
        var file = Read(image);
        var slot = file.Slots.Single(slot => slot.Type == VaultSlotType.Recovery);
        return new VaultRootKey(
            Arena,
            await _scene.PrivateRecovery.UnwrapAsync(
                slot.Wrapped,
                VaultRootKey.ContextOf(slot.Type, file.Id),
                Arena,
                CancellationToken.None
            ),
            file.Id,
            file.Epoch
        );
    }

    private static VaultFile Read(string image) => VaultFile.Parse(File.ReadAllBytes(Path.Combine(image, "vault")));

    private async Task SearchAsync()
    {
        using var token = softHsm.Open(Arena);
        foreach (var (index, older) in _eras.Index())
        {
            Assert.True(Opens(older.RootKey, older), $"{older.Name}: the search would find nothing");
            List<VaultRootKey> keys = [older.RootKey, .. await UnwrapAllAsync(token, older, index)];
            foreach (var later in _eras.Skip(index + 1))
            {
                foreach (var key in keys)
                {
                    Assert.False(Opens(key, later), $"what there was '{older.Name}' opens what came in after '{later.Name}'");
                }
            }

            keys.Skip(1).ToList().ForEach(key => key.Dispose());
        }
    }

    // Every slot of an older copy, by every device that may open it: with each PIN that was known then or since, but the newest.
    private async Task<List<VaultRootKey>> UnwrapAllAsync(RemoteSigner.Sealing.Pkcs11.Pkcs11Token token, Era older, int index)
    {
        var file = Read(older.Image);
        var opened = new List<VaultRootKey>();
        foreach (var slot in file.Slots)
        {
            IEnumerable<(IKeyEncryptionKey Key, IDisposable? Owner)> ways = slot.Type switch
            {
                VaultSlotType.Tpm2Sealed => from software in new[] { _software, _second }
                from pin in _pins
                let device = new SealingTpm(
                    software.Address,
                    new FirmwareApprovalFolder(_hoard),
                    new PinSource.FromPrompt(arena => SoftHsm.Secret(arena, pin)),
                    null,
                    Arena
                )
                select ((IKeyEncryptionKey)TpmSealedKey.Of(device, slot), (IDisposable?)device),
                VaultSlotType.Recovery => [(_scene.PrivateRecovery, null)],
                _ => [(Pkcs11Key.Of(token, slot), null)],
            };
            foreach (var (key, owner) in ways)
            {
                _combinations++;
                try
                {
                    opened.Add(
                        new VaultRootKey(
                            Arena,
                            await key.UnwrapAsync(slot.Wrapped, VaultRootKey.ContextOf(slot.Type, file.Id), Arena, CancellationToken.None),
                            file.Id,
                            file.Epoch
                        )
                    );
                }
                catch (Exception refused) when (refused is VaultException or SealingDeviceException)
                {
                    Assert.NotEmpty(refused.Message);
                }

                owner?.Dispose();
            }
        }

        Assert.True(index == _eras.Count - 1 || opened.Count > 0, $"{older.Name}: no device opens the copy, so the search says little");
        return opened;
    }

    // Header, records and operator's key, each by itself.
    private bool Opens(VaultRootKey key, Era later)
    {
        var file = Read(later.Image);
        var isOpen = file.Mac.Span.SequenceEqual(key.Authenticate(file.Header.Span));
        using var room = key.Room();
        foreach (var record in file.Records)
        {
            _combinations++;
            try
            {
                key.Open(record, room).Dispose();
                isOpen = true;
            }
            catch (VaultException)
            {
                // It does not.
            }
        }

        _combinations += 2;
        try
        {
            using var operatorKey = SealedOperatorKey.Open(Path.Combine(later.Image, "operator-key"), Arena, key);
            return operatorKey is not null || isOpen;
        }
        catch (VaultException)
        {
            return isOpen;
        }
    }

    private sealed record Era(string Name, string Image, BlsPublicKey Share, int Pins, VaultRootKey RootKey) : IDisposable
    {
        public void Dispose() => RootKey.Dispose();
    }
}
