using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Files;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host;
using RemoteSigner.Host.Tls;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Rig;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Administration;
using RemoteSigner.Tests.Clocks;
using RemoteSigner.Tests.Clusters.Ssv;
using RemoteSigner.Tests.Keys;
using RemoteSigner.Tests.Sealing;
using RemoteSigner.Tests.Signing;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Golden;

/// <summary>
/// Entries of every action of the audit log, written by what writes them: which members they have, and the words in them. Whatever is
/// another in each run is left out.
/// </summary>
[Trait("Speed", "slow")]
[Collection(SoftHsmCollection.Name)]
public sealed class AuditActionTests(SoftHsm softHsm) : IAsyncLifetime
{
    // Has no entry.
    private const string Silent = AuditActions.KeyOpen;

    // What writes them needs a signer that serves; the acceptance tests of remote attestation see these. Nothing may be added here.
    private static readonly string[] _writtenElsewhere = [AuditActions.Attestation, AuditActions.AttestationCredential];

    // Members whose values are words of ours, or given by these tests.
    private static readonly string[] _words = ["action", "decision", "duty", "rule", "user", "client", "request"];

    private readonly string _folder = Directory.CreateTempSubdirectory("tpm-").FullName;
    private readonly List<JsonObject> _entries = [];
    private SoftwareTpm _software = null!;

    public async ValueTask InitializeAsync()
    {
        softHsm.Require();
        Assert.SkipUnless(
            SoftwareTpm.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true",
            "swtpm or tpm2-tools is not installed (apt-get install swtpm tpm2-tools)"
        );
        _software = await SoftwareTpm.StartAsync(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (_software is not null)
        {
            await _software.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_action_has_entries_as_they_were_decided()
    {
        await ActsAsync();
        await DocumentsAsync();
        await SignaturesAsync();
        await OperatorAsync();
        await RefusedClientAsync();
        await ClockAsync();

        var actions = typeof(AuditActions)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(
            [Silent, .. _writtenElsewhere],
            actions.Where(action => !_entries.Any(entry => Text(entry, "action").EndsWith(action, StringComparison.Ordinal)))
        );
        // In the renamed copy each name of a type and of an enum's member ends so.
        Assert.DoesNotContain(_entries, entry => entry.ToJsonString().Contains("Renamed", StringComparison.Ordinal));
        GoldenFile.Holds("audit-actions.txt", _entries.Select(Shape).Distinct().Order(StringComparer.Ordinal));
    }

    // Each act where it has an effect, and the entries of starts that its device makes.
    private async Task ActsAsync()
    {
        await using var stock = await ActStock.MakeAsync(softHsm, _software);
        var folder = ActStock.NewFolder();
        try
        {
            foreach (var row in ActRows.All(stock))
            {
                stock.Image.PutBack(folder);
                await (row.Device?.PrepareAsync(new ActPlace(stock, folder)) ?? Task.CompletedTask);
                await (row.Device?.BeginAsync(new ActPlace(stock, folder)) ?? Task.CompletedTask);
                await using var world = await ActWorld.OpenAsync(stock, folder);
                await row.DoAsync(world.Place, world.Administrator, new Actor.LocalUser("operator"));
                await TakeAsync(world.Audit);
            }

            await CertificatesAsync(stock, folder);
            await StartsAsync(stock, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task CertificatesAsync(ActStock stock, string folder)
    {
        stock.Image.PutBack(folder);
        await using var world = await ActWorld.OpenAsync(stock, folder);
        foreach (var action in (string[])[AuditActions.TlsIssue, AuditActions.TlsRenew])
        {
            await world.Administrator.ExecuteAsync(
                new KeepFile(action, Path.Combine(folder, "certificate.pem"), new byte[] { 1 }, "test"),
                new Actor.LocalUser("operator")
            );
        }

        await TakeAsync(world.Audit);
    }

    // What no act writes: a vault that is remembered, an act that was interrupted, and what the start protocol and a stop have to say.
    private async Task StartsAsync(ActStock stock, string folder)
    {
        stock.Image.PutBack(folder);
        await using var world = await ActWorld.OpenAsync(stock, folder);
        await world.Ledger.WriteAsync(transaction =>
        {
            LedgerNotes.Remove(transaction, "vault");
            PendingActs.Begin(transaction, new PendingAct(AuditActions.AuditExport, new PendingEffect.FileWritten("/none", default)));
            return true;
        });
        await world.ReconcileAsync();
        var starts = StartLog.Entries(world.Audit);
        var start = new LedgerStart(Guid.Empty, "anchor", 1, 1);
        var reading = new RollbackAnchorReading("anchor", 1, default);
        await world.Ledger.WriteAsync(transaction =>
        {
            starts.Completed(transaction, new GlobalLowWatermark(new SignedBounds(new Epoch(2), new Epoch(1)), "test"));
            StartLog.Succession(world.Audit)(transaction, (start, reading));
            StartLog.Stop(world.Audit, transaction);
            return true;
        });
        foreach (var reason in Enum.GetValues<RollbackReason>())
        {
            await starts.RefuseAsync(new RollbackRefusal(reason, "test", ""));
        }

        await TakeAsync(world.Audit);
    }

    // Shares that come to another document: of a stranger's to their own, and to a successor.
    private async Task DocumentsAsync()
    {
        await using var scene = await ImportScene.OpenAsync();
        var (robbed, forged) = scene.Keyshares(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours)));
        var (share, genuine) = scene.Keyshares();
        await scene.TakeAsync(new ImportRequest([robbed], DeclaredHistory.NeverSigned) { Document = forged });
        await scene.TakeAsync(new ImportRequest([share], DeclaredHistory.FromHistory) { Document = genuine, Rebind = true });
        var (first, created) = await scene.NodeAsync("create", 0, vectors: "clusters-charon");
        await scene.TakeAsync(new ImportRequest(first, DeclaredHistory.NeverSigned) { Document = created });
        var (second, added) = await scene.NodeAsync("add-validators", 0, vectors: "clusters-charon");
        await scene.TakeAsync(new ImportRequest(second, DeclaredHistory.NeverSigned) { Document = added });
        await TakeAsync(scene.Audit);
    }

    private async Task SignaturesAsync()
    {
        await using var scene = await SigningScene.CreateAsync(PartialVerification.Always);
        var (whole, removed) = (await scene.AddAsync(), await scene.AddAsync());
        var faulty = await scene.AddAsync(publicKey: Negated((await scene.AddAsync()).PublicKey));
        SignableMessage randao = new RandaoReveal(new Epoch(3), new ForkInfo(default, default, default, Duties.Root(7)));
        await scene.SignAsync(faulty, randao);
        await scene.SignAsync(whole, randao, "stranger");
        scene.WhenRecorded = removed.Dispose;
        await scene.SignAsync(removed, randao);
        await TakeAsync(scene.Rooms.Audit);
    }

    private async Task OperatorAsync()
    {
        await using var rooms = await TemporarySigner.CreateAsync();
        using var arena = new RemoteSigner.Native.SecretArena();
        using var ring = new KeyRing();
        var domain = new SsvDomain(0x503);
        using var voice = new OperatorSigner(
            new OperatorMessagePolicy(new HashSet<SsvDomain> { domain }, anyValidator: true),
            ring,
            new ClusterLibrary(new ClusterArchive("none")),
            rooms.Audit
        );
        voice.Take(OperatorKeyTests.Operator(arena, 0));
        var client = new Client("node", null);
        await voice.SignAsync(client, "test", new byte[1]);
        await voice.SignAsync(client, "test", SsvMessages.Consensus(SsvMessages.Identifier(domain, SsvRole.Proposer, Duties.PublicKey(1))));
        await TakeAsync(rooms.Audit);
    }

    private async Task RefusedClientAsync()
    {
        await using var rooms = await TemporarySigner.CreateAsync();
        using var refused = new RefusedClients(rooms.Audit, TimeProvider.System, NullLogger<RefusedClients>.Instance);
        refused.Record(new Client("vc", new string('0', 64)), "test", "test");
        refused.Record(certificate: null, peer: null, "test");
        await refused.StartAsync(TestContext.Current.CancellationToken);
        await HasAsync(rooms, 2);
        await refused.StopAsync(TestContext.Current.CancellationToken);
        await TakeAsync(rooms.Audit);
    }

    private async Task ClockAsync()
    {
        await using var rooms = await TemporarySigner.CreateAsync();
        var time = new SteppedTime(DateTimeOffset.UnixEpoch.AddYears(56));
        var clock = new SlotClock(ActStock.Network, SlotWindow.Default, time);
        using var references = new ClockReferences(clock, [], rooms.Audit, time, NullLogger<ClockReferences>.Instance);
        await references.StartAsync(TestContext.Current.CancellationToken);
        time.Step(TimeSpan.FromHours(1));
        Assert.NotNull(clock.Watch.Doubt);
        for (var look = 0; look < 100 && (await rooms.Audit.HeadAsync()).Sequence == 0; look++)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(20);
        }

        await references.StopAsync(TestContext.Current.CancellationToken);
        await TakeAsync(rooms.Audit);
    }

    private static BlsPublicKey Negated(BlsPublicKey key)
    {
        var bytes = key.Bytes.ToArray();
        bytes[0] ^= 0x20;
        return new BlsPublicKey(bytes);
    }

    private static async Task HasAsync(TemporarySigner rooms, long entries)
    {
        while ((await rooms.Audit.HeadAsync()).Sequence < entries)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    // Duties in the worlds of acts have their entries from tests.
    private async Task TakeAsync(AuditLog audit) =>
        _entries.AddRange(
            (await audit.ReadAsync(0, 10_000))
                .Select(record => JsonNode.Parse(record.Entry.Span)!.AsObject())
                .Where(entry =>
                    Text(entry, "action") != AuditActions.Sign || Text(entry, "request") == "test" && Text(entry, "client") != ""
                )
        );

    private static string Text(JsonObject entry, string member) => (string?)entry[member] ?? "";

    private static string Shape(JsonObject entry) =>
        string.Join(
            ' ',
            entry.Select(member => _words.Contains(member.Key) ? $"{member.Key}={member.Value}" : $"{member.Key}:{Kind(member.Value!)}")
        );

    private static string Kind(JsonNode value) =>
        value switch
        {
            JsonArray list => $"list of {Kind(list[0]!)}",
            _ when value.GetValueKind() != JsonValueKind.String => value.GetValueKind() == JsonValueKind.Number ? "number" : "boolean",
            _ when (string)value! is var text && text.StartsWith("0x", StringComparison.Ordinal) => $"{(text.Length - 2) / 2} bytes",
            _ => "text",
        };
}
