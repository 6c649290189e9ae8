using System.Text;
using RemoteSigner.RemoteAttestation;

namespace RemoteSigner.Tests.RemoteAttestation;

/// <summary>What keeps a document from being read is told in its own words.</summary>
public sealed class DocumentTextTests
{
    private const string Head = "\"type\": \"remote-signer-golden\", \"version\": 1";

    [Theory]
    [InlineData("{", "it is not JSON")]
    [InlineData("null", "line 1: it must be an object")]
    [InlineData("[]", "line 1: it must be an object")]
    [InlineData("{ " + Head + " }", "line 1: pcrs is missing")]
    [InlineData("{ " + Head + ",\n\"pcrs\": {}, \"more\": 1 }", "line 2: unknown member 'more'")]
    [InlineData("{ " + Head + ",\n\"pcrs\": {}, \"pcrs\": {} }", "line 2: pcrs appears twice")]
    [InlineData("{ " + Head + ", \"pcrs\": { \"7\": 7 } }", "pcrs.7 must be a list")]
    [InlineData("{ " + Head + ", \"pcrs\": { \"7\": [7] } }", "pcrs.7[0] must be text")]
    [InlineData("{ " + Head + ", \"pcrs\": { \"7\": [null] } }", "pcrs.7[0] must be text")]
    [InlineData(
        "{ " + Head + ", \"pcrs\": { \"7\": [\"0xAB\"] } }",
        "line 1: pcrs.7[0] must be 0x and an even number of lower-case hex digits"
    )]
    [InlineData("{ " + Head + ", \"pcrs\": { \"x\": [] } }", "line 1: pcrs.x must be a whole number")]
    [InlineData("{ " + Head + ", \"pcrs\": { \"+7\": [] } }", "line 1: pcrs.\\u002B7 must be a whole number")]
    [InlineData("{ " + Head + ", \"pcrs\": { \"7\": [], \"07\": [] } }", "line 1: pcrs.07 must be a whole number")]
    [InlineData("{ " + Head + ", \"pcrs\": { \"24\": [] } }", "a PCR is not one of 0 to 23")]
    [InlineData("{ " + Head + ", \"pcrs\": { \"7\": [\"0xab\"] } }", "values of 32 bytes")]
    [InlineData("{ \"type\": \"other\", \"version\": 1, \"pcrs\": {} }", "it says it is other, version 1")]
    public void Golden_values(string text, string told)
    {
        var fault = Assert.Throws<RemoteAttestationException>(() =>
            RemoteAttestationDocuments.ReadGoldenValues(Encoding.UTF8.GetBytes(text))
        );

        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("RemoteSigner.", fault.Message, StringComparison.Ordinal);
    }
}
