using RemoteSigner.Host.Cli;

namespace RemoteSigner.Tests.RemoteAttestation;

/// <summary>The list of keys that a verifier expects, as a person has it.</summary>
public sealed class ExpectationFilesTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Theory]
    [InlineData("[\"\\ud800\"]")]
    [InlineData("[\"0x12\"]")]
    [InlineData("[")]
    [InlineData("[[]]")]
    [InlineData("0x12")]
    public void What_is_no_list_of_keys_is_told_so(string text)
    {
        File.WriteAllText(_path, text);

        Assert.Throws<CliError>(() => ExpectationFiles.Keys(_path));
    }

    public void Dispose() => File.Delete(_path);
}
