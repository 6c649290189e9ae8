using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>
/// Validators that the configuration states, by the groups of the distributed profile's vectors (3 of 5 with ids up to 2^64-1 among them).
/// </summary>
public sealed class StatedGroupTests
{
    private static readonly StatedGroup[] _groups =
    [
        .. Vectors
            .Read("distributed-signing/structured.json")
            .AsArray()
            .Select(group => new StatedGroup(
                BlsPublicKey.Parse((string)group!["composite_public_key"]!),
                int.Parse((string)group["threshold"]!),
                [
                    .. group["accounts"]!
                        .AsArray()
                        .Select(account => new StatedParticipant(
                            ulong.Parse((string)account!["participant_id"]!),
                            BlsPublicKey.Parse((string)account["public_key"]!),
                            "https://signer.example"
                        )),
                ]
            )),
    ];

    public static TheoryData<int> Groups => [.. Enumerable.Range(0, _groups.Length)];

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_group_whose_shares_make_its_key_holds(int index) => Assert.Null(_groups[index].FindProblem());

    [Theory]
    [MemberData(nameof(Groups))]
    public void Any_other_threshold_id_key_or_share_does_not(int index)
    {
        var group = _groups[index];
        Assert.All(Enumerable.Range(0, group.Participants.Count + 2).Where(threshold => threshold != group.Threshold), threshold =>
            Assert.NotNull((group with { Threshold = threshold }).FindProblem())
        );
        if (group.Threshold == 1)
        {
            return;
        }

        Assert.NotNull((group with { CompositePublicKey = group.Participants[0].PublicKey }).FindProblem());
        for (var i = 0; i < group.Participants.Count; i++)
        {
            var (before, after) = (group.Participants[i], group.Participants[(i + 1) % group.Participants.Count]);
            Assert.NotNull(With(i, before with { Id = before.Id ^ 0x40 }));
            Assert.NotNull(With(i, before with { Id = 0 }));
            Assert.NotNull(With(i, before with { Id = after.Id }));
            Assert.NotNull(With(i, before with { PublicKey = after.PublicKey }));
            Assert.NotNull(With(i, before with { PublicKey = BlsPublicKey.Parse("0x" + new string('a', 96)) }));
        }

        string? With(int position, StatedParticipant participant) =>
            (group with { Participants = [.. group.Participants.Select((one, i) => i == position ? participant : one)] }).FindProblem();
    }

    [Theory]
    [InlineData("https://signer-1.example.com", true)]
    [InlineData("https://signer-1.example.com:9000", true)]
    [InlineData("https://[::1]:9000", true)]
    [InlineData("http://signer-1.example.com", false)]
    [InlineData("https://signer-1.example.com/", false)]
    [InlineData("https://signer-1.example.com/path", false)]
    [InlineData("https://signer-1.example.com?", false)]
    [InlineData("https://signer-1.example.com#x", false)]
    [InlineData("https://h:9000/a/..", false)]
    [InlineData(" https://signer-1.example.com", false)]
    [InlineData("https://signer-1.example.com\n", false)]
    [InlineData("https://h:", false)]
    [InlineData("https://h:0", false)]
    [InlineData("https://@h", false)]
    [InlineData("HTTPS://h", false)]
    [InlineData("https://H", false)]
    [InlineData("https://user@signer-1.example.com", false)]
    [InlineData("signer-1.example.com:9000", false)]
    [InlineData("", false)]
    public void An_endpoint_is_an_origin(string text, bool isOne) => Assert.Equal(isOne, Participant.IsOrigin(text));
}
