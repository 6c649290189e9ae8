using System.Globalization;
using System.Text;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>
/// A file that comes piece by piece: it is read on while the ledger writes what was read before, and either may fail meanwhile.
/// </summary>
public sealed class InterchangeStreamTests
{
    // More than two writes of the stage.
    private const int Votes = 5000;

    [Fact]
    public async Task Reads_a_file_that_comes_byte_by_byte()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        var report = await ImportAsync(signer, new Pieces(File(votes: 3), size: 1));

        Assert.Equal((1L, 1L, 3L, 3L), Counts(report));
    }

    [Fact]
    public async Task Names_what_is_malformed_in_a_file_that_comes_byte_by_byte()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        var refused = await Assert.ThrowsAsync<InterchangeException>(() =>
            ImportAsync(signer, new Pieces(File(votes: 3, last: """{"source_epoch":"1","target_epoch":!}"""), size: 1))
        );

        Assert.Equal("signed_attestations[3].target_epoch", refused.Member);
        Assert.Contains("well-formed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_bytes_that_are_no_text()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        var file = File(votes: 3);
        file[Array.IndexOf(file, (byte)'?')] = 0xFF;

        Assert.Contains(
            "well-formed",
            (await Assert.ThrowsAsync<InterchangeException>(() => ImportAsync(signer, new MemoryStream(file)))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(Votes)]
    [InlineData(4000)]
    [InlineData(1999)]
    public async Task Takes_every_record_over_once(int votes)
    {
        await using var signer = await TemporarySigner.CreateAsync();

        Assert.Equal((1L, 1L, votes, votes), Counts(await ImportAsync(signer, new MemoryStream(File(votes)))));
        Assert.Equal((1L, 0L, votes, 0L), Counts(await ImportAsync(signer, new MemoryStream(File(votes)))));
    }

    [Fact]
    public async Task A_malformed_end_waits_for_the_write_under_way_and_leaves_nothing_for_the_next_file()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        using var held = new ManualResetEventSlim();
        Task? holding = null;

        // One write waits, behind what holds the writer; the file ends before there is a second.
        var file = new Pieces(File(votes: 3000, last: "{}"))
        {
            BeforeEach = read => holding ??= read > 0 ? signer.Ledger.WriteAsync(_ => held.Wait(TimeSpan.FromSeconds(30))) : null,
        };

        var import = ImportAsync(signer, file);

        Assert.NotSame(import, await Task.WhenAny(import, Task.Delay(TimeSpan.FromMilliseconds(300))));
        held.Set();
        Assert.Contains(
            "source_epoch is missing",
            (await Assert.ThrowsAsync<InterchangeException>(() => import)).Message,
            StringComparison.Ordinal
        );
        await holding!;
        Assert.Empty(await signer.Slashing.StatusAsync());
        Assert.Equal((1L, 1L, 3L, 3L), Counts(await ImportAsync(signer, new MemoryStream(File(votes: 3)))));
    }

    [Fact]
    public async Task A_failed_write_ends_the_reading_and_leaves_nothing_for_the_next_file()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        Task? breaking = null;
        var file = new Pieces(File(votes: 20 * Votes))
        {
            BeforeEach = read =>
                breaking ??=
                    read > 1 << 20
                        ? signer.Ledger.WriteAsync(transaction => transaction.Statement("DROP TABLE temp.staged_attestation").Execute())
                        : null,
        };

        await Assert.ThrowsAsync<LedgerException>(() => ImportAsync(signer, file));

        await breaking!;
        Assert.InRange(file.Position, 1 << 20, file.Length / 2);
        Assert.Empty(await signer.Slashing.StatusAsync());
        Assert.Equal((1L, 1L, 3L, 3L), Counts(await ImportAsync(signer, new MemoryStream(File(votes: 3)))));
    }

    [Fact]
    public async Task A_file_that_breaks_off_leaves_nothing_for_the_next_one()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        var file = new Pieces(File(Votes)) { BeforeEach = read => read > 1 << 18 ? throw new IOException("the client is gone") : null };

        await Assert.ThrowsAsync<IOException>(() => ImportAsync(signer, file));

        Assert.Empty(await signer.Slashing.StatusAsync());
        Assert.Equal((1L, 1L, 3L, 3L), Counts(await ImportAsync(signer, new MemoryStream(File(votes: 3)))));
    }

    private static Task<InterchangeReport> ImportAsync(TemporarySigner signer, Stream file) =>
        signer.Slashing.ImportAsync(file, InterchangeReading.Complete);

    private static (long BlocksRead, long BlocksNew, long VotesRead, long VotesNew) Counts(InterchangeReport report)
    {
        var line = Assert.Single(report.Validators);
        return (line.BlocksRead, line.BlocksNew, line.AttestationsRead, line.AttestationsNew);
    }

    private static byte[] File(int votes, string? last = null)
    {
        var list = Enumerable
            .Range(1, votes)
            .Select(target =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"source_epoch":"{{target - 1}}","target_epoch":"{{target}}","signing_root":"{{Root(1)}}"}"""
                )
            );
        return Encoding.UTF8.GetBytes(
            $$"""
            {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{Root(
                7
            )}}"},"data":[{"signed_attestations":[{{string.Join(',', last is null ? list : list.Append(last))}}],
            "note":"?","signed_blocks":[{"slot":"9"}],"pubkey":"{{PublicKey(1)}}"}]}
            """
        );
    }

    /// <summary>Gives some bytes at a time, each after a turn of the scheduler.</summary>
    private sealed class Pieces(byte[] bytes, int size = 16 * 1024) : MemoryStream(bytes)
    {
        /// <summary>Told before each piece how many bytes were given.</summary>
        public Func<long, Task?> BeforeEach { get; init; } = _ => null;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            _ = BeforeEach(Position);
            return Read(buffer.Span[..Math.Min(size, buffer.Length)]);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
