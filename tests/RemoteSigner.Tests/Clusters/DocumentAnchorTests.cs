using RemoteSigner.Clusters;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Clusters;

public sealed class DocumentAnchorTests : IAsyncLifetime
{
    private static readonly DocumentAnchor _anchor = new(
        AnchorKind.NodeSignature,
        DateTimeOffset.FromUnixTimeSeconds(1_800_000_000),
        new Root([.. Enumerable.Repeat((byte)1, 32)]),
        new Root([.. Enumerable.Repeat((byte)2, 32)])
    );

    private readonly VaultScene _vaults = new();
    private readonly VaultScene _others = new();
    private AnchorKey _key = null!;
    private AnchorKey _other = null!;

    public async ValueTask InitializeAsync() => (_key, _other) = (await KeyAsync(_vaults), await KeyAsync(_others));

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        _other.Dispose();
        _vaults.Dispose();
        _others.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(AnchorKind.NodeSignature)]
    [InlineData(AnchorKind.StatedValidators)]
    [InlineData(AnchorKind.OperatorsWord)]
    public void What_was_written_is_read_with_the_same_key(AnchorKind kind)
    {
        var bytes = (_anchor with { Kind = kind }).Write(_key);

        Assert.Equal(DocumentAnchor.Length, bytes.Length);
        Assert.Equal(_anchor with { Kind = kind }, DocumentAnchor.Read(bytes, _key));
        Assert.Equal(_anchor with { Kind = kind }, DocumentAnchor.ReadClaim(bytes));
    }

    [Fact]
    public void No_byte_can_be_changed_none_cut_off_and_none_added()
    {
        var bytes = _anchor.Write(_key);

        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.Null(DocumentAnchor.Read(bytes.Select((value, at) => at == i ? (byte)(value ^ 1) : value).ToArray(), _key));
            Assert.Null(DocumentAnchor.Read(bytes.AsSpan(0, i), _key));
        }

        Assert.Null(DocumentAnchor.Read([.. bytes, 0], _key));
    }

    [Fact]
    public void Another_vaults_anchor_anchors_nothing() => Assert.Null(DocumentAnchor.Read(_anchor.Write(_key), _other));

    /// <summary>Only the vault says that a share is sealed.</summary>
    [Fact]
    public void A_membership_is_never_read_from_a_file() =>
        Assert.Null(DocumentAnchor.Read((_anchor with { Kind = AnchorKind.SealedMembership }).Write(_key), _key));

    /// <summary>The layout of the page, byte by byte.</summary>
    [Fact]
    public void The_bytes_stand_where_the_page_says()
    {
        var bytes = _anchor.Write(_key);

        Assert.Equal((byte[])[.. "RSANCHR\n"u8, 1, 1, 0, 0, 0, 0, 0x6b, 0x49, 0xd2, 0x00], bytes[..18]);
        Assert.Equal(_anchor.ClusterHash, new Root(bytes.AsSpan(18, 32)));
        Assert.Equal(_anchor.Content, new Root(bytes.AsSpan(50, 32)));
    }

    private static async Task<AnchorKey> KeyAsync(VaultScene scene)
    {
        await scene.MakeAsync(0);
        using var vault = await scene.OpenAsync();
        return vault.DeriveAnchorKey();
    }
}
