using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RemoteSigner.Host.Cli;

/// <summary>One result, as JSON for programs or as a table for people.</summary>
internal static class Output
{
    // Wider than any table: in a file or a pipe nobody sees where a screen would end.
    private const int Endless = 1 << 16;

    private const int MaxLaidOut = 500;

    // Laying a cell out takes time that grows with the square of its words, and some texts are a stranger's.
    private const int MaxCell = 2000;
    private const int BufferLength = 1 << 16;

    /// <summary>Standard output, line by line.</summary>
    public static PlainLines Lines { get; } = new(Console.Out);

    /// <summary>Breaks no line where standard output is no terminal.</summary>
    public static void Prepare()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = Endless;
        }
    }

    public static void Write<T>(bool json, T value, JsonTypeInfo<T> type, Func<T, IRenderable> table)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(value, type));
        }
        else
        {
            AnsiConsole.Write(table(value));
        }
    }

    /// <summary>The same of a list that may be long: a table with these columns, one row for each item.</summary>
    public static void Write<T>(
        bool json,
        IReadOnlyList<T> items,
        JsonTypeInfo<IReadOnlyList<T>> type,
        IReadOnlyList<string> columns,
        Func<T, IEnumerable<string?>> cells
    )
    {
        if (json || items.Count <= MaxLaidOut)
        {
            Write(json, items, type, all => Rows(all, columns, cells));
        }
        else
        {
            using var output = new StreamWriter(
                Console.OpenStandardOutput(),
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
                BufferLength
            );
            LongTable.Write(output, items, columns, cells);
        }
    }

    /// <summary>A table with these columns, one row for each item.</summary>
    public static Table Rows<T>(IEnumerable<T> items, IReadOnlyList<string> columns, Func<T, IEnumerable<string?>> cells)
    {
        var table = new Table().AddColumns([.. columns]);
        foreach (var item in items)
        {
            table.AddRow([.. cells(item).Select(cell => Cell(cell))]);
        }

        return table;
    }

    /// <summary>Text in a cell of a table, as it is to be seen; a longer one than a table is good for ends in an ellipsis.</summary>
    public static string Cell(string? text) => Markup.Escape(PeerText.Shown(text ?? "–", MaxCell));

    /// <summary>The same where nothing is markup.</summary>
    public static string Plain(string? text) => PeerText.InOneLine(text ?? "–");
}
