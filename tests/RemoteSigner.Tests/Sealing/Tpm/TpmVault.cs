using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tests.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Sealing.Tpm;

/// <summary>
/// A vault that is sealed under a real software TPM, with the release key at hand and somebody on the bus who may do as the test says.
/// </summary>
public abstract class TpmVault : TpmTest
{
    private readonly VaultScene _scene = new();
    private readonly List<IDisposable> _owned = [];

    private protected VaultScene Scene => _scene;

    protected SecretArena Arena => _scene.Arena;

    protected ReleaseKey Release { get; } = ReleaseKey.Generate();

    protected static TpmlPcrSelection Pcrs { get; } = TpmlPcrSelection.Sha256(7, 16);

    protected FirmwareApprovalFolder Approvals => new(Path.Combine(_scene.Folder, "tpm"));

    /// <summary>Done to every connection that is opened from now on.</summary>
    private protected Action<TamperingTransport> OnTheBus { get; set; } = _ => { };

    protected SealingTpm Device { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Device = NewDevice();
    }

    public override async ValueTask DisposeAsync()
    {
        _owned.ForEach(one => one.Dispose());
        Release.Dispose();
        _scene.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected SealingTpm NewDevice(SoftwareTpm? software = null, string? pin = null) => NewDevice((software ?? Software).Address, pin);

    protected SealingTpm NewDevice(string address, string? pin = null)
    {
        var device = new SealingTpm(
            () => Tapped(TpmAddress.Parse(address).Connect()),
            address,
            Approvals,
            new PinSource.FromPrompt(arena => SoftHsm.Secret(arena, pin ?? "none")),
            null,
            Arena,
            Brief with
            {
                NvRate = TimeSpan.Zero,
                Busy = TimeSpan.FromSeconds(0.3),
            }
        );
        _owned.Add(device);
        return device;
    }

    /// <summary>Takes whatever storage root key is shown.</summary>
    protected static Task Believe(TpmName root) => Task.CompletedTask;

    /// <summary>A vault with one share, sealed and approved as the machine is.</summary>
    protected async Task MakeVaultAsync(SealingTpm? device = null, bool wantsPin = false)
    {
        var provisioning = new TpmProvisioning(device ?? Device, Release, Pcrs, wantsPin) { Judge = Believe };
        using var vault = await Vault.CreateAsync(_scene.VaultPath, Arena, [await provisioning.ProvideKeyAsync("test")]);
        vault.Add([_scene.NewShare()]);
        await provisioning.ApproveAsync(vault.Contents.VaultId, "at first");
    }

    /// <summary>Opens it as a new process would; how many shares it holds.</summary>
    protected async Task<int> OpenAsync(SealingTpm? device = null)
    {
        using var vault = await Vault.OpenAsync(
            _scene.VaultPath,
            Arena,
            (await (device ?? Device).FindKeyAsync(Vault.List(_scene.VaultPath).Slots))!
        );
        var shares = vault.OpenShares();
        foreach (var share in shares)
        {
            share.Dispose();
        }

        return shares.Count;
    }

    protected async Task<SealingTpmFault> RefusedAsync(SealingTpm? device = null)
    {
        var refused = await Assert.ThrowsAsync<SealingTpmException>(() => OpenAsync(device));
        Assert.False(string.IsNullOrWhiteSpace(refused.Hint));
        return refused.Fault;
    }

    private protected TpmSeal Seal => Assert.Single(TpmSeal.Of(Vault.List(_scene.VaultPath)));

    protected void Extend(int pcr)
    {
        using var tpm = Open();
        tpm.PcrExtend(pcr, new byte[32]);
    }

    private TamperingTransport Tapped(ITpmTransport transport)
    {
        var tapped = new TamperingTransport(transport);
        OnTheBus(tapped);
        return tapped;
    }
}
