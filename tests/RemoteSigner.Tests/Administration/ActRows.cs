using RemoteSigner.Administration;
using RemoteSigner.Administration.Files;
using RemoteSigner.Administration.History;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// Every act there is, as something that has an effect in the stock's data directory. A new case of <see cref="AdminAct{TResult}"/> gets
/// its row here.
/// </summary>
internal static class ActRows
{
    /// <summary>The cases, by what the compiler made of the room.</summary>
    public static IReadOnlySet<Type> Cases =>
        typeof(AdminAct<>).Assembly.GetTypes().Where(type => !type.IsAbstract && IsAct(type)).ToHashSet();

    public static IReadOnlyList<ActRow> All(ActStock stock) =>
        [.. Keys(stock), .. Seals(stock), .. Files(stock), .. History(stock), .. RollbackProtection(stock)];

    private static IEnumerable<ActRow> Keys(ActStock stock) =>
        [
            ActRow.Of(stock, _ => new OpenKeys()),
            ActRow.Of(stock, _ => new ImportShares(new ImportRequest([stock.Newcomer], DeclaredHistory.NeverSigned))),
            ActRow.Of(stock, _ => new ImportShares(
                new ImportRequest([stock.Newcomer], DeclaredHistory.FromHistory) { History = Elsewhere(stock) }
            )) with
            {
                Name = "ImportShares with history",
            },
            ActRow.Of(stock, _ => new ImportShares(new ImportRequest([stock.Heir], DeclaredHistory.FromHistory) { Replace = true })) with
            {
                Name = "ImportShares in place of others",
            },
            ActRow.Of(stock, _ => new PushShares(Push(stock, stock.Newcomer))),
            ActRow.Of(stock, _ => new PushShares(
                Push(stock, stock.Steady) with
                {
                    History = Elsewhere(stock, stock.Steady).ToArray(),
                }
            )) with
            {
                Name = "PushShares of one that is here",
                Action = "slashing.import",
            },
            ActRow.Of(stock, _ => new ImportShares(
                new ImportRequest([], DeclaredHistory.FromHistory) { Document = stock.Kept, Places = Places(stock.Bare) }
            )) with
            {
                Name = "ImportShares of a document alone",
                Action = "key.bind",
            },
            ActRow.Of(stock, _ => new ImportShares(
                new ImportRequest([], DeclaredHistory.FromHistory) { Places = Places([stock.Late]) }
            )) with
            {
                Name = "ImportShares that parks one that came late",
                Action = "key.bind",
            },
            ActRow.Of(stock, _ => new ImportShares(new ImportRequest([stock.Former], DeclaredHistory.FromHistory) { Replace = true })) with
            {
                Name = "ImportShares of one that is parked",
                Action = "key.return",
            },
            ActRow.Of(stock, _ => new RevertShares([stock.Former.ShareKey])),
            ActRow.Of(stock, _ => new DeleteShares([stock.Former.ShareKey], KeyEnd.Retired) { OnlyParked = true }) with
            {
                Name = "DeleteShares that are parked",
            },
            ActRow.Of(stock, _ => new DeleteShares([stock.Doomed.ShareKey], KeyEnd.Retired)),
            ActRow.Of(stock, _ => new DeleteShares([stock.Doomed.ShareKey], KeyEnd.Released)) with
            {
                Name = "DeleteShares that may come again",
            },
            ActRow.Of(stock, _ => new AllowKeyAgain(stock.Gone.ShareKey)),
            ActRow.Of(stock, _ => new ExportShares(
                stock.Placed[0].Membership!.ClusterHash,
                stock.NewCeremony(),
                "a ceremony",
                stock.Scene.Vaults.PrivateRecovery,
                stock.Arena
            )),
            ActRow.Of(stock, _ => new VoidExport(
                [.. stock.Lent.Select(share => share.ShareKey)],
                "there was no ceremony",
                isSuperseded: false
            )),
        ];

    private static IEnumerable<ActRow> Seals(ActStock stock) =>
        [
            ActRow.Of(stock, _ => new AddRecoverySlot(stock.Offline)),
            ActRow.Of(stock, _ => new AddTokenSlot(stock.Token, "more", TimeProvider.System)) with
            {
                IsSlow = true,
            },
            ActRow.Of(stock, _ => AddTokenSlot.InPlaceOf(stock.Spare, stock.Token, "other", stock.Reach, TimeProvider.System)) with
            {
                Name = "AddTokenSlot in place of another",
                IsSlow = true,
            },
            ActRow.Of(stock, _ => AddTokenSlot.AfterLoss(stock.Token, "other", stock.ReachWithoutDrop, TimeProvider.System)) with
            {
                Name = "AddTokenSlot after a loss",
                IsSlow = true,
            },
            ActRow.Of(stock, _ => new RemoveSlot(Convert.ToHexString(stock.Spare.Id.Span), stock.Present, stock.Reach)),
            ActRow.Of(stock, _ => new Rekey(stock.Reach)),
            ActRow.Of(stock, place => new ProvisionTpm(
                new TpmProvisioning(stock.TpmIn(place.Folder), stock.Release, ActStock.Pcrs, wantsPin: false)
                {
                    Judge = _ => Task.CompletedTask,
                },
                stock.Release,
                "tpm",
                "tpm",
                "now",
                stock.ReachWithoutDrop
            )) with
            {
                UsesTpm = true,
            },
            ActRow.Of(stock, place => new RevokeFirmware(
                stock.TpmIn(place.Folder),
                new TpmProvisioning(stock.TpmIn(place.Folder), stock.Release, ActStock.Pcrs, wantsPin: false)
                {
                    Judge = _ => Task.CompletedTask,
                },
                stock.Release,
                "now",
                stock.ReachWithoutDrop
            )) with
            {
                UsesTpm = true,
                Device = new RevocationDevice(stock),
            },
        ];

    private static IEnumerable<ActRow> Files(ActStock stock) =>
        [
            ActRow.Of(stock, place => new ApproveFirmware(new FirmwareApprovalFolder(place.At("tpm")), stock.Approval)),
            ActRow.Of(stock, _ => new KeepDocument(stock.Fresh)),
            ActRow.Of(stock, _ => new RemoveDocument(stock.Stale.Document.Hash)),
            ActRow.Of(stock, place => new MakeToken(place.At("keymanager.token"), stock.Arena)),
            ActRow.Of(stock, place => new ImportOperatorKey(stock.Operator, place.At("operator-key"))),
            ActRow.Of(stock, place => new KeepFile("tls.revoke", place.At("files/crl.pem"), new byte[] { 1 }, "test")),
            ActRow.Of(stock, _ => new NoteAct("reload", "test")),
        ];

    private static IEnumerable<ActRow> History(ActStock stock) =>
        [
            ActRow.Of(stock, place => new ExportAudit(place.At("files/log"), null)),
            ActRow.Of(stock, place => new DropAudit(place.At("files/segment"))),
            ActRow.Of(stock, place => new ExportHistory(place.At("files/history.json"), ExportedNames.Both)),
            ActRow.Of(stock, _ => new ImportHistory(
                Elsewhere(stock, stock.Steady),
                new ImportTerms(InterchangeReading.LowWatermarksAtLowest),
                "test"
            )),
            ActRow.Of(stock, _ => new PruneHistory(2)),
            ActRow.Of(stock, _ => new RaiseLowWatermark(new Slot(320), new Epoch(9), null)),
            ActRow.Of(stock, _ => new SetHighWatermark(new HighWatermark(new Slot(3200), new Epoch(100)))),
        ];

    private static IEnumerable<ActRow> RollbackProtection(ActStock stock)
    {
        var bare = new RollbackAnchorDevice((_, _) => Task.CompletedTask);
        yield return ActRow.Of(stock, place => new EnrolAnchor(place.Stand(bare.First), null)) with
        {
            Device = bare,
        };
        var moved = new RollbackAnchorDevice((device, place) => device.EnrolAsync(place));
        yield return ActRow.Of(stock, place => new MoveAnchor(place.Stand(moved.First), moved.Second)) with
        {
            Device = moved,
        };
        var left = new RollbackAnchorDevice((device, place) => device.EnrolAsync(place));
        yield return ActRow.Of(stock, place => new LeaveAnchor(place.Stand(left.First))) with
        {
            Device = left,
        };
        var refused = new RollbackAnchorDevice(
            async (device, place) =>
            {
                await device.EnrolAsync(place);
                device.FirstMemory.Counter++;
            }
        );
        yield return ActRow.Of(stock, place => new ClearRefusal(
            place.Stand(refused.First),
            RollbackReason.LedgerRolledBack,
            new Epoch(60)
        )) with
        {
            Device = refused,
        };
        var crashed = new RollbackAnchorDevice(
            async (device, place) =>
            {
                await device.EnrolAsync(place);
                await device.CrashAsync(place);
                await device.CrashAsync(place);
            }
        );
        yield return ActRow.Of(stock, place => new EndLowWatermarks(place.Stand(crashed.First))) with
        {
            Device = crashed,
        };
        yield return ActRow.Of(stock, place => new AcceptVault(
            AnchorIn(stock, place),
            new RollbackRefusal(RollbackReason.VaultUnknown, "was shown", ""),
            SignedBounds.Before(new Epoch(1))
        ));
    }

    private static VaultAnchor AnchorIn(ActStock stock, ActPlace place)
    {
        using var vault = Vault.OpenAsync(place.At("vault"), stock.Arena, stock.Present).GetAwaiter().GetResult();
        return vault.Anchor;
    }

    private static SharePush Push(ActStock stock, VaultShare share) =>
        new([(share.ShareKey, share.Secret)], ShareProvenance.KeymanagerPush, "pushed", DeclaredHistory.NeverSigned, AdminRight.ManageKeys);

    private static MemoryStream Elsewhere(ActStock stock, VaultShare? share = null) =>
        ForeignFile.Of(
            (share ?? stock.Newcomer).ShareKey,
            [new SlashingOracle.Duty(false, ActStock.VotedElsewhere - 1, ActStock.VotedElsewhere, 5)],
            ActStock.Network.GenesisValidatorsRoot!.Value
        );

    private static Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> Places(
        IReadOnlyList<VaultShare> shares
    ) => shares.ToDictionary(share => share.ShareKey, share => (share.GroupKey!.Value, share.Membership!));

    private static bool IsAct(Type? type) =>
        type is not null && ((type.IsGenericType && type.GetGenericTypeDefinition() == typeof(AdminAct<>)) || IsAct(type.BaseType));
}
