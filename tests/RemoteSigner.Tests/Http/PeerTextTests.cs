using System.Text.Json;
using RemoteSigner.Host;
using RemoteSigner.Host.Cli;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Tests.Http;

/// <summary>What others chose, in a log or an answer.</summary>
public sealed class PeerTextTests
{
    [Theory]
    [InlineData("double_vote: ünïcode is fine", "double_vote: ünïcode is fine")]
    [InlineData("\u001b[2J\u0007\r\nfail: forged", "\\u001b[2J\\u0007\\u000d\\u000afail: forged")]
    [InlineData("a\u202eb\u2028c\u200dd\u0085", "a\\u202eb\\u2028c\\u200dd\\u0085")]
    public void What_a_terminal_obeys_is_shown_as_its_number(string text, string shown)
    {
        Assert.Equal(shown, PeerText.Shown(text));
        Assert.Equal(shown, PeerText.InOneLine(text));
    }

    [Fact]
    public void Half_of_a_pair_is_shown_as_what_stands_for_it() => Assert.Equal("a\ufffdb", PeerText.Shown("a\ud800b"));

    [Fact]
    public void A_cell_of_a_table_has_no_more_of_it_than_can_be_laid_out()
    {
        var cell = Output.Cell(string.Join(' ', Enumerable.Repeat("[b]", 1 << 20)));

        Assert.InRange(cell.Length, 2000, 4000);
        Assert.EndsWith("…", cell, StringComparison.Ordinal);
        Assert.Equal("–", Output.Cell(null));
    }

    [Fact]
    public void A_long_text_is_cut_and_never_inside_of_a_number()
    {
        Assert.Equal($"{new string('x', PeerText.Most)}…", PeerText.Shown(new string('x', 1 << 20)));
        Assert.Equal($"{new string('x', 198)}…", PeerText.Shown($"{new string('x', 198)}\u001byes"));
        Assert.Equal(new string('x', 5000), PeerText.InOneLine(new string('x', 5000)));
    }

    [Theory]
    [InlineData("{\"passwords\":[\"a\",hunter2]}", "the body is not JSON: line 1, byte 19")]
    [InlineData("{\n\"passwords\": truehunter2", "the body is not JSON: line 2, byte 18")]
    [InlineData("", "the body is not JSON: line 1, byte 1")]
    public void Of_text_that_is_no_JSON_the_place_is_told_and_nothing_of_it(string text, string told)
    {
        var exception = Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(text));

        Assert.Equal(told, JsonFault.In("the body", exception));
    }

    [Fact]
    public void Our_own_word_about_a_member_is_told() =>
        Assert.Equal("passwords is not a list", JsonFault.In("the body", new JsonException("passwords is not a list")));
}
