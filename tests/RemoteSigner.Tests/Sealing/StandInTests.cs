using System.Runtime.InteropServices;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Tests.Sealing;

/// <summary>Tokens that are not at hand, as their vendors say they answer: SoftHSM2 behind a module that answers in their place (<c>tests/pkcs11-stand-in</c>).</summary>
[Collection(SoftHsmCollection.Name)]
public sealed class StandInTests : IDisposable
{
    private readonly SecretArena _arena = new();
    private readonly SoftHsm _softHsm;

    public StandInTests(SoftHsm softHsm)
    {
        softHsm.Require();
        _softHsm = softHsm;
    }

    public void Dispose()
    {
        foreach (var name in new[] { "STAND_IN_DECRYPT", "STAND_IN_DECRYPT_ONCE", "STAND_IN_OAEP" })
        {
            Environment.SetEnvironmentVariable(name, null);
            Assert.Equal(0, unsetenv(name));
        }

        _arena.Dispose();
    }

    /// <summary>What a token answers to sealed bytes that do not decrypt, and who does.</summary>
    public static TheoryData<string, string> RefusalsOfInput => new()
    {
        { "30", "YubiHSM 2: CKR_DEVICE_ERROR for YHR_DEVICE_INVALID_DATA (yubihsm-shell, pkcs11/util_pkcs11.c)" },
        { "30", "NetHSM: CKR_DEVICE_ERROR for every status that has no code of its own (nethsm-pkcs11, backend/mod.rs)" },
        { "5", "SoftHSM 2: CKR_GENERAL_ERROR" },
        { "6", "CKR_FUNCTION_FAILED" },
        { "40", "PKCS#11: CKR_ENCRYPTED_DATA_INVALID" },
        { "7", "CKR_ARGUMENTS_BAD" },
        { "80000001", "a code of the vendor's own" },
    };

    [Theory]
    [MemberData(nameof(RefusalsOfInput))]
    public async Task Whatever_a_token_answers_to_changed_bytes_it_enrols_and_a_changed_slot_is_no_lost_device(string code, string whose)
    {
        SoftHsm.SetEnvironment("STAND_IN_DECRYPT", code);
        using var token = Open();

        var key = (await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System)).Key;

        using var secret = _arena.Allocate(SlotContext.RootKeyLength);
        var wrapped = await key.WrapAsync(secret, "context"u8.ToArray(), default);
        using (var opened = await key.UnwrapAsync(wrapped, "context"u8.ToArray(), _arena, default))
        {
            Assert.True(opened.Span.SequenceEqual(secret.Span), whose);
        }

        wrapped[^1] ^= 1;
        await Assert.ThrowsAsync<VaultException>(() => key.UnwrapAsync(wrapped, "context"u8.ToArray(), _arena, default));
    }

    [Theory]
    [InlineData("30")]
    [InlineData("31")]
    [InlineData("B3")]
    public async Task A_device_that_was_away_for_a_moment_is_asked_again(string code)
    {
        using var token = Open();
        var key = (await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System)).Key;
        using var secret = _arena.Allocate(SlotContext.RootKeyLength);
        var wrapped = await key.WrapAsync(secret, "context"u8.ToArray(), default);

        SoftHsm.SetEnvironment("STAND_IN_DECRYPT_ONCE", code);
        using var opened = await key.UnwrapAsync(wrapped, "context"u8.ToArray(), _arena, default);

        Assert.True(opened.Span.SequenceEqual(secret.Span));
    }

    [Theory]
    [InlineData("30")]
    [InlineData("70")]
    [InlineData("80000001")]
    public async Task A_mechanism_that_fails_leads_to_the_next_one(string code)
    {
        SoftHsm.SetEnvironment("STAND_IN_OAEP", code);
        using var token = Open();

        var enrolled = await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System);

        Assert.Equal(VaultSlotType.Pkcs11AesGcm, enrolled.Report.Mechanism);
        Assert.Equal([VaultSlotType.Pkcs11RsaOaepSha256, VaultSlotType.Pkcs11RsaOaepSha1], enrolled.Report.Rejected.Select(one => one.Mechanism));
    }

    [Fact]
    public async Task A_device_that_fails_with_every_mechanism_is_a_lost_one_and_no_wrong_profile()
    {
        SoftHsm.SetEnvironment("STAND_IN_OAEP", "30");
        using var token = Open(HsmProfile.Get("softhsm2") with { Mechanisms = [VaultSlotType.Pkcs11RsaOaepSha1] });

        var lost = await Assert.ThrowsAsync<TokenException>(() => SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System));

        Assert.Equal(TokenFault.DeviceLost, lost.Fault);
    }

    private Pkcs11Token Open(HsmProfile? profile = null) => _softHsm.Open(_arena, profile: profile, module: _softHsm.StandIn, patience: new TokenPatience { Pause = TimeSpan.FromMilliseconds(1) });

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int unsetenv([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
