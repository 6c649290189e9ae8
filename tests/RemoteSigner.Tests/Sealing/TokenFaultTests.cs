using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Tests.Sealing;

[Collection(SoftHsmCollection.Name)]
public sealed class TokenFaultTests(SoftHsm softHsm) : IDisposable
{
    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public async Task A_wrong_PIN_is_sent_once_and_then_refused_until_a_person_gives_another()
    {
        using var token = softHsm.Open(_arena, label: "two", pin: "000000");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(TokenFault.WrongPin, (await Assert.ThrowsAsync<TokenException>(() => token.ConnectAsync())).Fault);
        }

        Assert.Equal(1, token.State.LoginAttempts);
        Assert.Equal(DeviceCondition.PinRefused, token.State.Condition);

        token.GivePin(SoftHsm.Secret(_arena, SoftHsm.Pin));
        await token.ConnectAsync();
        Assert.Equal(2, token.State.LoginAttempts);
        Assert.Equal(DeviceCondition.Ready, token.State.Condition);
    }

    [Fact]
    public async Task A_refused_PIN_that_is_given_again_is_not_sent_again()
    {
        using var token = softHsm.Open(_arena, label: "two", pin: "000000");
        Assert.Equal(TokenFault.WrongPin, await FaultAsync(token));

        for (var i = 0; i < 5; i++)
        {
            token.GivePin(SoftHsm.Secret(_arena, "000000"));
            Assert.Contains(
                "the same PIN as before",
                (await Assert.ThrowsAsync<TokenException>(() => token.ConnectAsync())).Message,
                StringComparison.Ordinal
            );
        }

        Assert.Equal(1, token.State.LoginAttempts);
        Assert.Equal(DeviceCondition.PinRefused, token.State.Condition);
        token.GivePin(SoftHsm.Secret(_arena, SoftHsm.Pin));
        await token.ConnectAsync();
    }

    [Fact]
    public async Task A_PIN_of_the_wrong_length_counts_as_wrong()
    {
        using var token = softHsm.Open(_arena, label: "two", pin: "1");

        Assert.Equal(TokenFault.WrongPin, await FaultAsync(token));
        Assert.Equal(TokenFault.WrongPin, await FaultAsync(token));
        Assert.Equal(1, token.State.LoginAttempts);
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task An_absent_token_is_named_with_its_label()
    {
        using var token = softHsm.Open(_arena, label: "three");

        var absent = await Assert.ThrowsAsync<TokenException>(() => token.ConnectAsync());

        Assert.Equal(TokenFault.TokenAbsent, absent.Fault);
        Assert.Contains("'three'", absent.Message, StringComparison.Ordinal);
        Assert.Equal(0, token.State.LoginAttempts);
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task A_serial_number_that_does_not_fit_is_an_absent_token()
    {
        using var first = softHsm.Open(_arena);
        var serial = await first.ConnectAsync();
        using var right = Token(first.Address with { Serial = serial });
        using var wrong = Token(first.Address with { Serial = serial + "0" });

        Assert.Equal(serial, await right.ConnectAsync());
        Assert.Equal(TokenFault.TokenAbsent, await FaultAsync(wrong));
    }

    [Theory]
    [InlineData("/nowhere/module.so", TokenFault.ModuleMissing)]
    [InlineData("/etc/passwd", TokenFault.ModuleNotLoadable)]
    [InlineData("/usr/lib/x86_64-linux-gnu/libm.so.6", TokenFault.ModuleNotLoadable)]
    public async Task A_module_that_is_missing_or_no_module_is_named(string path, TokenFault fault)
    {
        using var token = softHsm.Open(_arena, module: path);

        var refused = await Assert.ThrowsAsync<TokenException>(() => token.ConnectAsync());

        Assert.Equal(fault, refused.Fault);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Hint);
    }

    [Fact]
    public async Task An_absent_key_is_named_with_its_id()
    {
        using var token = softHsm.Open(_arena);
        var key = new Pkcs11Key(token, VaultSlotType.Pkcs11RsaOaepSha1, [0xab, 0xcd], "none");

        var absent = await Assert.ThrowsAsync<TokenException>(() => key.ProveAsync());

        Assert.Equal(TokenFault.KeyAbsent, absent.Fault);
        Assert.Contains("abcd", absent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_without_a_mechanism_of_the_token_says_what_was_tried()
    {
        using var token = softHsm.Open(
            _arena,
            profile: HsmProfile.Get("softhsm2") with
            {
                Mechanisms = [VaultSlotType.Pkcs11RsaOaepSha256],
            }
        );

        var refused = await Assert.ThrowsAsync<TokenException>(() => SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System));

        Assert.Equal(TokenFault.MechanismNotOffered, refused.Fault);
        Assert.Contains("CKR_ARGUMENTS_BAD", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<TokenFault> FaultAsync(Pkcs11Token token) =>
        (await Assert.ThrowsAsync<TokenException>(() => token.ConnectAsync())).Fault;

    private Pkcs11Token Token(TokenAddress address) =>
        new(HsmProfile.Get("softhsm2"), address, SoftHsm.Secret(_arena, SoftHsm.Pin), _arena, TimeProvider.System);
}
