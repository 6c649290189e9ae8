using System.Text;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host.Http;
using RemoteSigner.Keys;
using RemoteSigner.Slashing;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Corpus;

/// <summary>
/// The kept seeds of the fuzzer (<c>tests/RemoteSigner.Fuzz/corpus</c>): <c>good-*</c> is read, <c>bad-*</c> is refused in the way that its
/// reader promises. Neither of them, cut short or with a byte changed, brings out any other exception.
/// </summary>
public sealed class CorpusTests
{
    private static readonly string _folder = Path.Combine(House.HouseTests.Root(), "tests", "RemoteSigner.Fuzz", "corpus");

    public static IEnumerable<TheoryDataRow<string>> Seeds() =>
        Directory
            .EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => new TheoryDataRow<string>(Path.GetRelativePath(_folder, file)));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_good_seed_is_read_and_a_bad_one_refused(string seed) =>
        Assert.Equal(Path.GetFileName(seed).StartsWith("good-", StringComparison.Ordinal), await ReadsAsync(seed, Bytes(seed)));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_is_made_of_a_seed_is_read_or_refused_and_nothing_else(string seed)
    {
        var bytes = Bytes(seed);
        var step = Math.Max(1, bytes.Length / 64);
        for (var place = 0; place < bytes.Length; place += step)
        {
            _ = await ReadsAsync(seed, bytes[..place]);
            _ = await ReadsAsync(seed, [.. bytes[..place], (byte)(bytes[place] ^ 0x11), .. bytes[(place + 1)..]]);
        }
    }

    [Fact]
    public void Every_kind_has_seeds_of_both_sorts() => Assert.All(Directory.EnumerateDirectories(_folder), kind =>
        {
            Assert.NotEmpty(Directory.EnumerateFiles(kind, "good-*"));
            Assert.NotEmpty(Directory.EnumerateFiles(kind, "bad-*"));
        });

    private static byte[] Bytes(string seed)
    {
        var bytes = File.ReadAllBytes(Path.Combine(_folder, seed));
        return seed.EndsWith(".hex", StringComparison.Ordinal) ? Convert.FromHexString(Encoding.ASCII.GetString(bytes).Trim()) : bytes;
    }

    private static async Task<bool> ReadsAsync(string seed, byte[] bytes) =>
        Path.GetDirectoryName(seed) switch
        {
            "wire" => WireFormat.TryReadSignRequest(bytes, out _, out _),
            "locks" => Reads<ClusterFileException>(() => ClusterLock.Parse(bytes)),
            "keyshares" => Reads<ClusterFileException>(() => KeysharesFile.Parse(bytes)),
            "enr" => NodeRecord.TryParse(Encoding.Latin1.GetString(bytes).Trim(), out _, out _),
            "rlp" => Reads<FormatException>(() => Rlp.ReadList(bytes)),
            "keystores" => Reads<KeystoreException>(() => Keystore.Parse(bytes)),
            "interchange" => await ReadsInterchangeAsync(bytes),
            "tpm" => Reads<TpmIntegrityException>(TpmReading(Path.GetFileName(seed).Split('-', '.')[1], bytes)),
            var kind => throw new InvalidOperationException($"nothing reads the seeds of {kind}"),
        };

    private static Action TpmReading(string structure, byte[] bytes) =>
        structure switch
        {
            "nv_public" => () => TpmsNvPublic.Parse(bytes),
            "public" => () => TpmtPublic.Parse(bytes),
            "attest" => () => TpmsAttest.Parse(bytes),
            "response" => () => TpmResponse.CodeOf(bytes),
            _ => throw new InvalidOperationException($"nothing reads {structure}"),
        };

    private static bool Reads<TRefusal>(Action read)
        where TRefusal : Exception
    {
        try
        {
            read();
            return true;
        }
        catch (TRefusal refusal)
        {
            Assert.NotEmpty(refusal.Message);
            return false;
        }
    }

    private static async Task<bool> ReadsInterchangeAsync(byte[] bytes)
    {
        try
        {
            await foreach (var _ in new InterchangeParser(new MemoryStream(bytes)).ReadAsync()) { }

            return true;
        }
        catch (InterchangeException refusal)
        {
            Assert.NotEmpty(refusal.Message);
            return false;
        }
    }
}
