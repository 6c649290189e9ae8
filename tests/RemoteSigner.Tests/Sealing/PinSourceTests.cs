using System.Text;
using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.Tests.Sealing;

[Collection(SoftHsmCollection.Name)]
public sealed class PinSourceTests : IDisposable
{
    private readonly SecretArena _arena = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("pin").FullName;

    public void Dispose()
    {
        _arena.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("1234\n")]
    [InlineData("1234\r\n")]
    [InlineData("1234")]
    public void Reads_a_file_and_drops_the_newline(string content)
    {
        var path = Path.Combine(_folder, "pin");
        File.WriteAllText(path, content);

        Assert.Equal("1234", Read(new PinSource.FromFile(path)));
    }

    [Fact]
    public void Takes_an_environment_variable_out_of_the_environment()
    {
        SoftHsm.SetEnvironment("TEST_PIN", "5678");

        Assert.Equal("5678", Read(new PinSource.FromEnvironment("TEST_PIN")));
        var gone = Assert.Throws<PinException>(() => Read(new PinSource.FromEnvironment("TEST_PIN")));
        Assert.Contains("given once", gone.Message, StringComparison.Ordinal);
        Assert.Contains("restart", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_systemd_credential_and_no_file_beside_it()
    {
        File.WriteAllText(Path.Combine(_folder, "token-pin"), "4321\n");
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", _folder);

        Assert.Equal("4321", Read(new PinSource.FromCredential("token-pin")));
        Assert.Throws<PinException>(() => Read(new PinSource.FromCredential("../token-pin")));
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", null);
        Assert.Throws<PinException>(() => Read(new PinSource.FromCredential("token-pin")));
    }

    [Fact]
    public void Asks_a_person() => Assert.Equal("99", Read(new PinSource.FromPrompt(arena => SoftHsm.Secret(arena, "99"))));

    [Fact]
    public void An_empty_or_missing_or_endless_file_is_an_error_with_a_hint()
    {
        var path = Path.Combine(_folder, "pin");
        Assert.NotEmpty(Assert.Throws<PinException>(() => Read(new PinSource.FromFile(path))).Hint);
        File.WriteAllText(path, "\n");
        Assert.Throws<PinException>(() => Read(new PinSource.FromFile(path)));
        File.WriteAllText(path, new string('1', 300));
        Assert.Throws<PinException>(() => Read(new PinSource.FromFile(path)));
        Assert.Throws<PinException>(() => Read(new PinSource.FromFile("/dev/zero")));
    }

    private string Read(PinSource source)
    {
        using var pin = source.Read(_arena);
        return Encoding.UTF8.GetString(pin.Span);
    }
}
