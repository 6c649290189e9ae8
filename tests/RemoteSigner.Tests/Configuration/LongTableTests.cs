using RemoteSigner.Host.Cli;
using Spectre.Console;

namespace RemoteSigner.Tests.Configuration;

/// <summary>Long tables are written by another hand than short ones, and look the same.</summary>
public sealed class LongTableTests
{
    [Fact]
    public void A_long_table_looks_as_one_that_is_laid_out()
    {
        string?[][] rows =
        [
            ["0xab", null, "active"],
            ["[red]", "日本語 ключ", ""],
            ["a\u001bline\nbreak", "–", "x"],
        ];
        string[] columns = ["public key", "group key", "state"];

        using var laidOut = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(laidOut),
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
            }
        );
        console.Profile.Width = 1 << 16;
        console.Profile.Capabilities.Unicode = true;
        console.Write(Output.Rows(rows, columns, row => row));

        using var written = new StringWriter();
        LongTable.Write(written, rows, columns, row => row);

        Assert.Equal(laidOut.ToString(), written.ToString());
    }
}
