using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Tests.Sealing;

/// <summary>Tokens that make their own IV are not at hand; where it is found in their output is tried here on bytes.</summary>
public sealed class GcmWrapTests
{
    private const int CipherLength = 48;

    private static readonly byte[] Iv = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] Cipher = [.. Enumerable.Range(100, CipherLength).Select(i => (byte)i)];

    [Fact]
    public void The_IV_is_taken_from_where_the_profile_says() =>
        Assert.All(
            new (HsmIvPlacement Placement, byte[] Parameter, byte[] Output)[]
            {
                (HsmIvPlacement.Parameter, Iv, Cipher),
                (HsmIvPlacement.Suffix, new byte[16], [.. Cipher, .. Iv]),
                (HsmIvPlacement.Prefix, new byte[16], [.. Iv, .. Cipher]),
            },
            given =>
            {
                var (iv, cipher) = GcmWrap.Separate(Gcm(given.Placement), given.Parameter, given.Output, CipherLength);

                Assert.Equal(Iv, iv);
                Assert.Equal(Cipher, cipher);
            }
        );

    [Fact]
    public void A_token_that_left_the_zeroes_has_made_no_IV() =>
        Assert.Equal(
            TokenFault.MechanismNotOffered,
            Assert.Throws<TokenException>(() => GcmWrap.Separate(Gcm(HsmIvPlacement.Parameter), new byte[16], Cipher, CipherLength)).Fault
        );

    [Fact]
    public void An_output_of_another_length_shows_that_the_profile_is_wrong() =>
        Assert.Equal(
            TokenFault.MechanismNotOffered,
            Assert.Throws<TokenException>(() => GcmWrap.Separate(Gcm(HsmIvPlacement.Parameter), Iv, [.. Cipher, .. Iv], CipherLength)).Fault
        );

    private static HsmAesGcm Gcm(HsmIvPlacement placement) => new(HsmIvSource.Token, placement, 16, 128, null);
}
