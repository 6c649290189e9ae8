using System.Security.Cryptography;
using RemoteSigner.Administration.History;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters.Ssv;
using RemoteSigner.Tests.Keys;
using RemoteSigner.Tests.Sealing;
using RemoteSigner.Tests.Slashing;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// A data directory in which every act has an effect, made once, and what acts are made from: keys, documents, a token, a TPM. Whatever
/// acts bring in lives as long as this.
/// </summary>
internal sealed class ActStock : IAsyncDisposable
{
    public const string LedgerName = "ledger.sqlite";

    /// <summary>The newest target that the keys here have voted for, with root 1.</summary>
    public const ulong Voted = 10;

    /// <summary>The target that the history of the keys that come in has.</summary>
    public const ulong VotedElsewhere = 20;

    private readonly SoftwareTpm _software;
    private readonly string _memory = NewFolder();
    private SealingTpm? _tpm;

    private ActStock(ImportScene scene, SoftwareTpm software, Pkcs11Token token) => (Scene, _software, Token) = (scene, software, token);

    public static Network Network { get; } = RemoteSigner.Spec.Network.Find("hoodi")!;

    public static TpmlPcrSelection Pcrs { get; } = TpmlPcrSelection.Sha256(7);

    public ImportScene Scene { get; }

    public SecretArena Arena => Scene.Vaults.Arena;

    public string Folder => Scene.Vaults.Folder;

    public ModelKey Present { get; } = new("present");

    public ModelKey Spare { get; } = new("spare");

    public Pkcs11Token Token { get; }

    /// <summary>For another root key: the slots of the models, of the token and of the recovery key stay, that of the TPM goes.</summary>
    public SlotReach Reach =>
        ReachWith([Vault.List(Path.Combine(Folder, "vault")).Slots.Single(slot => slot.Type == VaultSlotType.Tpm2Sealed).KeyIdText]);

    /// <summary>The same for an act that sees to the TPM's slot itself.</summary>
    public SlotReach ReachWithoutDrop => ReachWith([]);

    /// <summary>A recovery key that the vault has no slot for.</summary>
    public RecoveryKey Offline { get; private set; } = null!;

    public ReleaseKey Release { get; } = ReleaseKey.Generate();

    /// <summary>Firmware that does not run here, approved.</summary>
    public TpmApproval Approval { get; private set; } = null!;

    /// <summary>Signs here, has voted, and stays.</summary>
    public VaultShare Steady { get; private set; } = null!;

    /// <summary>Signs here and has voted.</summary>
    public VaultShare Doomed { get; private set; } = null!;

    /// <summary>Was deleted for good.</summary>
    public VaultShare Gone { get; private set; } = null!;

    /// <summary>The share of a validator, and the one that takes its place.</summary>
    public VaultShare Elder { get; private set; } = null!;

    public VaultShare Heir { get; private set; } = null!;

    /// <summary>The share of another validator that is parked, and the one that took its place.</summary>
    public VaultShare Former { get; private set; } = null!;

    public VaultShare Latter { get; private set; } = null!;

    /// <summary>
    /// The share of a validator that has another here, which came first, and its document last: both sign. An interruption has joined their
    /// histories, which is not taken back, so that all that is left to do is done as a whole.
    /// </summary>
    public VaultShare Late { get; private set; } = null!;

    /// <summary>Not here yet.</summary>
    public VaultShare Newcomer { get; private set; } = null!;

    /// <summary>In the vault without their cluster.</summary>
    public IReadOnlyList<VaultShare> Bare { get; private set; } = [];

    /// <summary>Shares that sign as members of a cluster, and those of another one that are out for a ceremony.</summary>
    public IReadOnlyList<VaultShare> Placed { get; private set; } = [];

    public IReadOnlyList<VaultShare> Lent { get; private set; } = [];

    /// <summary>Of <see cref="Bare"/>; it is kept here.</summary>
    public AnchoredDocument Kept { get; private set; } = null!;

    /// <summary>Kept here, and of no share.</summary>
    public AnchoredDocument Stale { get; private set; } = null!;

    /// <summary>Not here yet.</summary>
    public AnchoredDocument Fresh { get; private set; } = null!;

    public OperatorKey Operator { get; private set; } = null!;

    /// <summary>The data directory.</summary>
    public FolderImage Image { get; private set; } = null!;

    public static async Task<ActStock> MakeAsync(SoftHsm softHsm, SoftwareTpm software)
    {
        var scene = await ImportScene.OpenAsync();
        var stock = new ActStock(scene, software, softHsm.Open(scene.Vaults.Arena));
        await stock.SealAsync();
        await stock.BringKeysAsync();
        await stock.BringDocumentsAsync();
        await stock.DropReadyAsync();
        stock.Image = FolderImage.Of(stock.Folder);
        return stock;
    }

    /// <summary>A folder that goes away with the machine: nothing here is about a real disk.</summary>
    public static string NewFolder() =>
        Directory
            .CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"acts-{Guid.NewGuid():N}"))
            .FullName;

    /// <summary>The TPM, for one act: swtpm serves one client at a time.</summary>
    public SealingTpm TpmIn(string folder) =>
        _tpm ??= new SealingTpm(
            _software.Address,
            new FirmwareApprovalFolder(Path.Combine(folder, "tpm")),
            new PinSource.FromPrompt(arena => SoftHsm.Secret(arena, "none")),
            null,
            Arena,
            new TpmTimeouts { NvRate = TimeSpan.Zero }
        );

    public void LetTpmGo()
    {
        _tpm?.Dispose();
        _tpm = null;
    }

    /// <summary>For one ceremony: it is not there yet.</summary>
    public string NewCeremony() => Path.Combine(_memory, $"{Guid.NewGuid():N}");

    /// <summary>Where the revocation counter stands.</summary>
    public async Task<ulong> CountAsync(ActPlace place) =>
        (await TpmState.ReadAsync(TpmIn(place.Folder), TpmSeal.Of(Vault.List(place.At("vault"))).Single().Revocation, Pcrs)).Count!.Value;

    public async ValueTask DisposeAsync()
    {
        LetTpmGo();
        Token.Dispose();
        Release.Dispose();
        Operator.Dispose();
        Offline.Dispose();
        Directory.Delete(_memory, recursive: true);
        await Scene.DisposeAsync();
    }

    private SlotReach ReachWith(string[] dropped) => new([Present, Spare], (_, _) => Task.FromResult<IKeyEncryptionKey?>(null), dropped);

    private async Task SealAsync()
    {
        using (var vault = Scene.Vault)
        {
            await vault.AddSlotAsync(Present);
            await vault.AddSlotAsync(Spare);
            var anchor = vault.Anchor;
            await Scene.Ledger.WriteAsync(transaction => KnownVault.Put(transaction, anchor));
        }

        await Scene.DoAsync(new AddTokenSlot(Token, "acts", TimeProvider.System));
        await Scene.DoAsync(
            new ProvisionTpm(
                new TpmProvisioning(TpmIn(Folder), Release, Pcrs, wantsPin: false) { Judge = _ => Task.CompletedTask },
                Release,
                "tpm",
                "tpm",
                "now",
                ReachWithoutDrop
            )
        );
        LetTpmGo();
        using var offline = RSA.Create(3072);
        Offline = RecoveryKey.FromPublicPem(offline.ExportSubjectPublicKeyInfoPem(), "offline 2", Arena);
        Approval = TpmApproval.Sign(
            Release,
            "another",
            new FirmwareApprovalRequest([.. Enumerable.Repeat((byte)1, 32)], 0x01901232, 1, Release.Name.ToString()),
            Pcrs,
            [.. Enumerable.Repeat((byte)0xAB, 32)],
            1
        );
    }

    private async Task BringKeysAsync()
    {
        var group = Scene.Vaults.NewShare().ShareKey;
        (Steady, Doomed, Gone, Newcomer) = (
            Scene.Vaults.NewShare(label: "steady"),
            Scene.Vaults.NewShare(label: "doomed"),
            Scene.Vaults.NewShare(label: "gone"),
            Scene.Vaults.NewShare(label: "newcomer")
        );
        Elder = Scene.Vaults.NewShare(group, VaultScene.Member(1), "elder");
        Heir = Scene.Vaults.NewShare(group, VaultScene.Member(1)! with { ClusterHash = Duties.Root(77) }, "heir");
        var turned = Scene.Vaults.NewShare().ShareKey;
        Former = Scene.Vaults.NewShare(turned, VaultScene.Member(1)! with { ClusterHash = Duties.Root(78) }, "former");
        Latter = Scene.Vaults.NewShare(turned, VaultScene.Member(1)! with { ClusterHash = Duties.Root(79) }, "latter");
        await Scene.TakeAsync(new ImportRequest([Steady, Doomed, Gone, Elder, Former], DeclaredHistory.NeverSigned));
        await Scene.DoAsync(new DeleteShares([Gone.ShareKey], KeyEnd.Retired));
        await Scene.TakeAsync(new ImportRequest([Latter], DeclaredHistory.FromHistory) { Replace = true });
        await BringLateAsync();
        foreach (var share in new[] { Steady, Doomed, Elder })
        {
            for (var target = Voted - 5; target <= Voted; target++)
            {
                Assert.True(await ActProbe.AskAsync(Scene.Slashing, Scene.Audit, share.ShareKey, target, 1));
            }
        }
    }

    private async Task BringLateAsync()
    {
        var group = Scene.Vaults.NewShare().ShareKey;
        var early = Scene.Vaults.NewShare(group, VaultScene.Member(1)! with { ClusterHash = Duties.Root(80) }, "early");
        Late = Scene.Vaults.NewShare(group, VaultScene.Member(1)! with { ClusterHash = Duties.Root(81) }, "late");
        await Scene.TakeAsync(new ImportRequest([early, Late with { GroupKey = null, Membership = null }], DeclaredHistory.NeverSigned));
        await using (new FileStream(Scene.Vaults.VaultPath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            await Assert.ThrowsAsync<VaultException>(() => Scene.TakeAsync(new ImportRequest([Late], DeclaredHistory.FromHistory)));
        }
    }

    private async Task BringDocumentsAsync()
    {
        (var shares, Kept) = await Scene.NodeAsync("lock-v1_11-4of3", 0);
        (_, Stale) = await Scene.NodeAsync("create", 0, vectors: "clusters-charon");
        Fresh = Scene.Keyshares().Document;
        Operator = OperatorKeyTests.Operator(Arena, 0);
        Bare = shares;
        await Scene.TakeAsync(
            new ImportRequest([.. shares.Select(share => share with { GroupKey = null, Membership = null })], DeclaredHistory.NeverSigned)
        );
        (Placed, Lent) = (await Scene.ImportAsync("lock-v1_8-4of3", 0), await Scene.ImportAsync("lock-v1_10-4of3", 0));
        var lent = NewCeremony();
        await Scene.DoAsync(
            new ExportShares(Lent[0].Membership!.ClusterHash, lent, "another ceremony", Scene.Vaults.PrivateRecovery, Arena)
        );
        Directory.Delete(lent, recursive: true);
        await Scene.KeepAsync(Kept);
        await Scene.KeepAsync(Stale);
    }

    private async Task DropReadyAsync()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "files"));
        await Scene.DoAsync(new ExportAudit(Path.Combine(Folder, "files", "segment"), null));
    }
}
