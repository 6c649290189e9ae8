using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>How a verb that cannot be done must end.</summary>
public static class Refusal
{
    /// <summary>Exit code 1 with one error that says <paramref name="error"/> and one hint; no stack trace.</summary>
    public static void IsTold(CommandResult result, string error, string hint = "")
    {
        Assert.True(result.ExitCode == 1, $"ended with {result.ExitCode}:\n{result.Output}\n{result.Error}");
        var lines = result.Error.Split('\n');
        var told = string.Join(
            '\n',
            lines
                .SkipWhile(line => !line.StartsWith("remote-signer: error: ", StringComparison.Ordinal))
                .TakeWhile(line => !line.StartsWith("remote-signer: hint: ", StringComparison.Ordinal))
        );
        Assert.Contains(error, told, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(
            hint,
            Assert.Single(lines, line => line.StartsWith("remote-signer: hint: ", StringComparison.Ordinal)),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.DoesNotContain("   at ", result.Output + result.Error);
    }

    /// <summary>Exit code 2, which is wrong usage.</summary>
    public static void IsWrongUsage(CommandResult result)
    {
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("remote-signer: error: ", result.Error);
        Assert.Contains("remote-signer: hint: ", result.Error);
    }
}
