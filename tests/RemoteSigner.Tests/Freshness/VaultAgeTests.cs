using RemoteSigner.Host.Cli;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.Freshness;

/// <summary>A change to an old copy of the vault would give it the generation of the lost one.</summary>
public sealed class VaultAgeTests
{
    private static readonly LedgerStart _known = new(Guid.Empty, "token", 3, VaultGeneration: 7);

    [Fact]
    public void An_old_copy_of_the_vault_is_not_changed() =>
        Assert.Contains("old copy", Assert.Throws<VaultException>(() => OfflineSite.RequireNewest(_known, 6)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(7UL)]
    [InlineData(8UL)]
    public void The_newest_vault_may_be_changed(ulong generation)
    {
        OfflineSite.RequireNewest(_known, generation);
        OfflineSite.RequireNewest(null, 0);
    }
}
