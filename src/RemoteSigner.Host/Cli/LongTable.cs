using System.Text;
using Spectre.Console.Rendering;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// A table of more rows than anybody looks at one by one. It looks as the others do and is written row by row, in a hundredth of the time
/// that these take to be laid out; a screen breaks its lines where it ends.
/// </summary>
internal static class LongTable
{
    public static void Write<T>(
        TextWriter writer,
        IReadOnlyList<T> items,
        IReadOnlyList<string> columns,
        Func<T, IEnumerable<string?>> cells
    )
    {
        int[] widths = [.. columns.Select(Width)];
        foreach (var item in items)
        {
            var column = 0;
            foreach (var cell in cells(item))
            {
                widths[column] = Math.Max(widths[column], Width(Output.Plain(cell)));
                column++;
            }
        }

        var line = new StringBuilder();
        WriteRule(writer, widths, "┌┬┐");
        WriteRow(writer, line, widths, columns);
        WriteRule(writer, widths, "├┼┤");
        foreach (var item in items)
        {
            WriteRow(writer, line, widths, cells(item));
        }

        WriteRule(writer, widths, "└┴┘");
    }

    private static void WriteRule(TextWriter writer, int[] widths, string corners) =>
        writer.WriteLine($"{corners[0]}{string.Join(corners[1], widths.Select(width => new string('─', width + 2)))}{corners[2]}");

    private static void WriteRow(TextWriter writer, StringBuilder line, int[] widths, IEnumerable<string?> cells)
    {
        line.Clear().Append('│');
        foreach (var (cell, width) in cells.Select(Output.Plain).Zip(widths))
        {
            line.Append(' ').Append(cell).Append(' ', width - Width(cell)).Append(" │");
        }

        writer.WriteLine(line);
    }

    private static int Width(string text) => Ascii.IsValid(text) ? text.Length : new Segment(text).CellCount();
}
