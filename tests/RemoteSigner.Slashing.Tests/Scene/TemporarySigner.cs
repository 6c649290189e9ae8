using System.Runtime.ExceptionServices;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing;

/// <summary>
/// A ledger in a folder of its own, with slashing protection open on it, that can be closed and opened again. What is written as evidence
/// is up to the assembly that this file is compiled in.
/// </summary>
internal sealed partial class TemporarySigner : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private readonly bool _keeps;

    private TemporarySigner(string? folder) =>
        (_folder, _keeps) = folder is null ? (Directory.CreateTempSubdirectory("ledger-"), false) : (new DirectoryInfo(folder), true);

    public required Network Network { get; init; }

    /// <summary>What the evidence takes for the time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Ledger Ledger { get; private set; } = null!;

    public SlashingProtection Slashing { get; private set; } = null!;

    public string Path => System.IO.Path.Combine(_folder.FullName, "ledger.db");

    public static Network Minimal { get; } = Network.Find("minimal")! with { GenesisValidatorsRoot = Duties.Root(7) };

    public static async Task<TemporarySigner> CreateAsync(Network? network = null, string? folder = null, TimeProvider? time = null)
    {
        var signer = new TemporarySigner(folder) { Network = network ?? Minimal, Time = time ?? TimeProvider.System };
        await signer.OpenAsync(Ledger.Create(signer.Path));
        return signer;
    }

    /// <summary>Opens what an earlier one left in a folder, which stays.</summary>
    public static async Task<TemporarySigner> OpenAsync(string folder)
    {
        var signer = new TemporarySigner(folder) { Network = Minimal };
        await signer.OpenAsync(Ledger.Open(signer.Path));
        return signer;
    }

    public async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync(Ledger.Open(Path));
    }

    /// <summary>A new signer with what this one exports; the keys have still to be registered.</summary>
    public async Task<TemporarySigner> MoveAsync(InterchangeReading reading)
    {
        var to = await CreateAsync(Network);
        await to.Slashing.ImportAsync(await ExportAsync(), reading);
        return to;
    }

    public async Task<MemoryStream> ExportAsync()
    {
        var file = new MemoryStream();
        await Slashing.ExportAsync(file);
        file.Position = 0;
        return file;
    }

    /// <summary>Registers a key with the history it has, or as one that never signed.</summary>
    public async Task<Registration> RegisterAsync(ProtectedKey key) =>
        await Slashing.RegisterAsync(key, DeclaredHistory.FromHistory) is var known and not Registration.NoLowWatermark
            ? known
            : await Slashing.RegisterAsync(key, DeclaredHistory.NeverSigned);

    public async Task CloseAsync()
    {
        await Ledger.DisposeAsync();
        Slashing.Dispose();
    }

    /// <summary>Asks leave for a message with this content; see <see cref="Duties.Message"/> for the label.</summary>
    public Task<PermitDecision> RequestAsync(ProtectedKey key, SlashableContent content, Root label, Root? chain = null) =>
        RequestAsync(key, Duties.Message(content, label, chain ?? Network.GenesisValidatorsRoot), Anchor(key, content));

    /// <summary>Asks leave for one message; throws what kept it from being recorded.</summary>
    public Task<PermitDecision> RequestAsync(ProtectedKey key, RootedMessage message, EvidenceRecorder anchor) =>
        RequestAsync(Slashing, key, message, anchor);

    public static async Task<PermitDecision> RequestAsync(
        SlashingProtection slashing,
        ProtectedKey key,
        RootedMessage message,
        EvidenceRecorder anchor
    )
    {
        var decision = Assert.Single(await slashing.RequestAsync([new PermitRequest.Ask(key, message, anchor)]));
        if (decision is PermitDecision.Failed(var fault))
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        return decision;
    }

    /// <summary>Writes the evidence of a decision about this content.</summary>
    public partial EvidenceRecorder Anchor(ProtectedKey key, SlashableContent content);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (!_keeps)
        {
            _folder.Delete(recursive: true);
        }
    }

    private async Task OpenAsync(Ledger ledger)
    {
        Ledger = ledger;
        Slashing = await SlashingProtection.OpenAsync(ledger, Network);
        await OpenEvidenceAsync(ledger);
    }

    private partial Task OpenEvidenceAsync(Ledger ledger);
}
