using System.Text;
using RemoteSigner.Tests.House;

namespace RemoteSigner.Tests.Golden;

/// <summary>The files of <c>tests/golden</c>: what is stored or sent, as it was decided. What that means: README.md beside them.</summary>
internal static class GoldenFile
{
    private static bool IsToBeWritten => Environment.GetEnvironmentVariable("REMOTE_SIGNER_WRITE") == "1";

    /// <summary>Fails where the file <paramref name="name"/> says another thing; with <c>REMOTE_SIGNER_WRITE=1</c> it is written.</summary>
    public static void Holds(string name, string text)
    {
        var path = Path.Combine(HouseTests.Root(), "tests/golden", name);
        if (IsToBeWritten)
        {
            File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }

        Assert.Equal(File.ReadAllText(path), text);
    }

    /// <summary>The same of lines.</summary>
    public static void Holds(string name, IEnumerable<string> lines) => Holds(name, string.Concat(lines.Select(line => $"{line}\n")));
}
