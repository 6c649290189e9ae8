using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.RemoteAttestation;

namespace RemoteSigner.Tests.RemoteAttestation;

/// <summary>Nothing in the document can be changed: not a value, not a member, not the order of a list.</summary>
[Trait("Speed", "slow")]
public sealed class EvidenceMutationTests : AttestationTest
{
    [Fact]
    public void Every_value_that_is_changed_makes_verification_fail()
    {
        var evidence = Attest();
        var (document, expected) = (RemoteAttestationDocuments.Write(evidence), Everything(evidence));
        var paths = Leaves(JsonNode.Parse(document)!).Select(leaf => leaf.GetPath()).ToList();
        Assert.True(paths.Count > 35, $"only {paths.Count} values: {string.Join(' ', paths)}");

        foreach (var path in paths)
        {
            var changed = Changed(document, path, Mutated);
            Assert.True(EvidenceVerifier.Failed(EvidenceVerifier.Verify(changed, expected)), $"{path} was changed and nothing noticed it");
        }
    }

    /// <summary>
    /// The same without anything that is expected from elsewhere but the nonce: what the document says is bound by the TPM's own
    /// signatures.
    /// </summary>
    [Fact]
    public void Every_value_is_bound_by_what_the_TPM_signed()
    {
        var evidence = Attest();
        var document = RemoteAttestationDocuments.Write(evidence);
        foreach (var path in Leaves(JsonNode.Parse(document)!).Select(leaf => leaf.GetPath()).ToList())
        {
            var checks = EvidenceVerifier.Verify(
                Changed(document, path, Mutated),
                new Expectations { Now = AttestationTest.Now, Nonce = Nonce }
            );
            Assert.True(EvidenceVerifier.Failed(checks), $"{path} was changed and nothing noticed it");
        }
    }

    [Fact]
    public void Every_member_that_is_missing_or_added_makes_verification_fail()
    {
        var evidence = Attest();
        var (document, expected) = (RemoteAttestationDocuments.Write(evidence), Everything(evidence));
        foreach (var (path, name) in Members(JsonNode.Parse(document)!).ToList())
        {
            var removed = Changed(document, path, node => Without((JsonObject)node, name));
            Assert.True(
                EvidenceVerifier.Failed(EvidenceVerifier.Verify(removed, expected)),
                $"{path}.{name} was removed and nothing noticed it"
            );
            var added = Changed(document, path, node => With((JsonObject)node, "x" + name));
            Assert.True(
                EvidenceVerifier.Failed(EvidenceVerifier.Verify(added, expected)),
                $"{path}.x{name} was added and nothing noticed it"
            );
        }
    }

    [Fact]
    public void Another_order_of_the_keys_or_a_doubled_one_makes_verification_fail()
    {
        var evidence = Attest();
        var (keys, expected) = (evidence.Signer.PublicKeys, Everything(evidence));
        foreach (var other in new[] { keys.Reverse().ToArray(), [.. keys, keys[^1]], [.. keys.Skip(1)], [] })
        {
            Assert.True(
                EvidenceVerifier.Failed(
                    EvidenceVerifier.Verify(evidence with { Signer = evidence.Signer with { PublicKeys = other } }, expected)
                )
            );
        }
    }

    [Fact]
    public void Every_bit_of_what_the_TPM_signed_counts()
    {
        var evidence = Attest();
        var expected = Everything(evidence);
        foreach (
            var bytes in new[]
            {
                evidence.Quote.Attest,
                evidence.Quote.Signature,
                evidence.Fence!.Record.Attest,
                evidence.Fence.Counter.Attest,
                evidence.AttestationKey,
                evidence.Fence.Record.PublicArea,
                evidence.Endorsement.Key,
            }
        )
        {
            for (var bit = 0; bit < 8 * bytes.Length; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(
                    EvidenceVerifier.Failed(EvidenceVerifier.Verify(evidence, expected)),
                    $"bit {bit} was changed and nothing noticed it"
                );
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.False(EvidenceVerifier.Failed(EvidenceVerifier.Verify(evidence, expected)));
    }

    private static IEnumerable<JsonNode> Leaves(JsonNode node) =>
        node switch
        {
            JsonObject members => members.Where(member => member.Value is not null).SelectMany(member => Leaves(member.Value!)),
            JsonArray items => items.SelectMany(item => Leaves(item!)),
            _ => [node],
        };

    private static IEnumerable<(string Path, string Name)> Members(JsonNode node) =>
        node switch
        {
            JsonObject members => members
                .Select(member => (node.GetPath(), member.Key))
                .Concat(members.Where(member => member.Value is not null).SelectMany(member => Members(member.Value!))),
            _ => [],
        };

    private static byte[] Changed(byte[] document, string path, Func<JsonNode, JsonNode> change)
    {
        var root = JsonNode.Parse(document)!;
        var node = path == "$" ? root : Everything(root).Single(candidate => candidate.GetPath() == path);
        var changed = change(node);
        if (!ReferenceEquals(changed, node))
        {
            node.ReplaceWith(changed);
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static IEnumerable<JsonNode> Everything(JsonNode node) =>
        node switch
        {
            JsonObject members => members
                .Where(member => member.Value is not null)
                .SelectMany(member => Everything(member.Value!))
                .Prepend(node),
            JsonArray items => items.SelectMany(item => Everything(item!)).Prepend(node),
            _ => [node],
        };

    /// <summary>Another value of the same kind, as near as can be: the last digit or letter, or one more.</summary>
    private static JsonNode Mutated(JsonNode node)
    {
        var value = node.AsValue();
        if (value.TryGetValue<ulong>(out var number))
        {
            return JsonValue.Create(number + 1);
        }

        var text = value.GetValue<string>();
        return JsonValue.Create(text[..^1] + (text[^1] == '1' ? '2' : '1'));
    }

    private static JsonObject Without(JsonObject node, string name)
    {
        node.Remove(name);
        return node;
    }

    private static JsonObject With(JsonObject node, string name)
    {
        node[name] = "0x";
        return node;
    }
}
