using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Spec;

public sealed class HexTests
{
    [Theory]
    [InlineData("0x01aB", true)]
    [InlineData("01ab", true)]
    [InlineData("0X01ab", false)]
    [InlineData("0x01a", false)]
    [InlineData("0x01ag", false)]
    [InlineData("0x01ab00", false)]
    [InlineData("", false)]
    public void Reads_exactly_the_asked_number_of_bytes(string text, bool valid)
    {
        var bytes = new byte[2];

        Assert.Equal(valid, Hex.TryParse(text, bytes.AsSpan()));
        Assert.Equal(valid, bytes.SequenceEqual(new byte[] { 0x01, 0xab }));
    }

    [Fact]
    public void Value_types_of_bytes_keep_their_order_and_compare_by_content()
    {
        var text = "0x" + string.Concat(Enumerable.Range(1, 32).Select(i => i.ToString("x2")));

        Assert.Equal(text, Root.Parse(text).ToString());
        Assert.Equal(Root.Parse(text), Root.Parse(text[2..].ToUpperInvariant()));
        Assert.NotEqual(Root.Parse(text), default);
    }
}
