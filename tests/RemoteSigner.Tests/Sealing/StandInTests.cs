using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Tests.Sealing;

/// <summary>
/// Tokens that are not at hand, as their vendors say they answer: SoftHSM2 behind a module that answers in their place, by one table for
/// each profile (<c>tests/pkcs11-stand-in</c>).
/// </summary>
[Trait("Speed", "slow")]
[Collection(SoftHsmCollection.Name)]
public sealed class StandInTests : IDisposable
{
    private static readonly byte[] _context = "context"u8.ToArray();

    private readonly SecretArena _arena = new();
    private readonly SoftHsm _softHsm;
    private StandIn? _standIn;

    public StandInTests(SoftHsm softHsm)
    {
        softHsm.Require();
        _softHsm = softHsm;
    }

    public void Dispose() => _arena.Dispose();

    public static IEnumerable<TheoryDataRow<string>> Profiles() => HsmProfile.Names.Select(name => new TheoryDataRow<string>(name));

    public static IEnumerable<TheoryDataRow<string, string>> Mechanisms() =>
        HsmProfile.Names.SelectMany(name =>
            HsmProfile.Get(name).Mechanisms.Select(mechanism => new TheoryDataRow<string, string>(name, mechanism.ToString()))
        );

    /// <summary>What a token may answer to sealed bytes that do not decrypt, besides what the tables say.</summary>
    public static TheoryData<string> RefusalsOfInput => ["30", "5", "6", "40", "7", "80000001"];

    [Fact]
    public void Every_profile_has_a_table_and_every_line_names_its_source()
    {
        Assert.Equal(
            HsmProfile.Names,
            Directory
                .EnumerateFiles(StandIn.Tables, "*.table")
                .Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Order(StringComparer.Ordinal)
        );
        Assert.All(HsmProfile.Names, name =>
            Assert.All(StandIn.TableOf(name), line =>
                Assert.True(line is { Key.Length: > 0, Value.Length: > 0, Source.Length: > 3 }, $"{name}: {line}")
            )
        );
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task A_profile_enrols_seals_loses_its_session_and_recovers_against_its_own_table(string name)
    {
        using var token = OpenAs(name);
        var enrolled = await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {enrolled.Report.Mechanism}, rejected {enrolled.Report.Rejected.Count}");
        using var secret = Secret();
        var wrapped = await enrolled.Key.WrapAsync(secret, _context, default);

        _standIn!.Lose();
        using (var opened = await enrolled.Key.UnwrapAsync(wrapped, _context, _arena, default))
        {
            Assert.True(_standIn.HasLost);
            Assert.True(opened.Span.SequenceEqual(secret.Span));
        }

        byte[] changed = [.. wrapped[..^1], (byte)(wrapped[^1] ^ 1)];
        await Assert.ThrowsAsync<VaultException>(() => enrolled.Key.UnwrapAsync(changed, _context, _arena, default));
        using var again = await enrolled.Key.UnwrapAsync(wrapped, _context, _arena, default);
        Assert.Equal(DeviceCondition.Ready, token.State.Condition);
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task Each_mechanism_of_a_profile_passes_its_trial_where_its_table_offers_it(string name, string mechanism)
    {
        using var token = OpenAs(name, profile => profile with { Mechanisms = [Enum.Parse<VaultSlotType>(mechanism)] });
        var before = _softHsm.Objects;
        var offered = StandIn.TableOf(name).ToDictionary(line => line.Key, line => line.Value);
        var isOffered = mechanism switch
        {
            nameof(VaultSlotType.Pkcs11RsaOaepSha256) => offered["oaep"].Contains("sha256", StringComparison.Ordinal),
            nameof(VaultSlotType.Pkcs11RsaOaepSha1) => offered["oaep"].Contains("sha1", StringComparison.Ordinal),
            _ => offered.GetValueOrDefault("gcm") != "none",
        };

        if (isOffered)
        {
            Assert.Equal(mechanism, (await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System)).Report.Mechanism.ToString());
        }
        else
        {
            Assert.Equal(
                TokenFault.MechanismNotOffered,
                (await Assert.ThrowsAsync<TokenException>(() => SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System))).Fault
            );
            Assert.Equal(before, _softHsm.Objects);
        }
    }

    /// <summary>What the note in luna.json says of a profile of one's own, for an HSM in FIPS mode.</summary>
    [Fact]
    public async Task An_IV_behind_the_ciphertext_is_found_there()
    {
        using var token = OpenAs("luna", profile =>
            profile with
            {
                Mechanisms = [VaultSlotType.Pkcs11AesGcm],
                AesGcm = new HsmAesGcm(HsmIvSource.Token, HsmIvPlacement.Suffix, 16, 128, null),
            }
        );

        Assert.Equal(VaultSlotType.Pkcs11AesGcm, (await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System)).Report.Mechanism);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task A_profile_moves_its_anchor_or_says_that_it_has_none(string name)
    {
        using var token = OpenAs(name);
        using var keys = new FenceKeys(_arena.Allocate(32), _arena.Allocate(32));
        var anchor = new TokenAnchor(token, Guid.NewGuid(), keys);
        var before = _softHsm.Objects;
        if (token.Profile.DataObjects.Kept == HsmPlace.None)
        {
            Assert.Contains(
                "keeps no data objects",
                (await Assert.ThrowsAsync<RollbackAnchorException>(() => anchor.CreateAsync(default))).Message,
                StringComparison.Ordinal
            );

            // And the table says the same: without the profile's word the token refuses it.
            using var unaware = OpenAs(name, profile => profile with { DataObjects = HsmProfile.Get("softhsm2").DataObjects });
            Assert.Contains(
                "write a data object",
                (await Assert.ThrowsAsync<RollbackAnchorException>(() => TokenAnchor.ProveAsync(unaware))).Message,
                StringComparison.Ordinal
            );
            Assert.Equal(before, _softHsm.Objects);
            return;
        }

        await TokenAnchor.ProveAsync(token);
        Assert.Equal(before, _softHsm.Objects);
        await anchor.CreateAsync(default);
        for (byte move = 1; move <= 3; move++)
        {
            var from = (await anchor.ReadAsync(default))!;
            byte[] record = [.. Enumerable.Repeat(move, FenceRecord.Length)];
            await anchor.CountAsync(from, record, default);
            _standIn!.Lose();
            Assert.True((await anchor.ReadAsync(default))!.Shows(from.Count + 1, record));
        }

        var rollback = await anchor.FindRollbackAsync(default);
        Assert.Equal(
            token.Profile.DataObjects.Kept == HsmPlace.Host,
            rollback?.Contains("files of this host", StringComparison.Ordinal) == true
        );
        await anchor.DiscardAsync(default);
        Assert.Equal(before, _softHsm.Objects);
    }

    [Fact]
    public async Task A_private_data_object_is_refused_where_the_profile_does_not_say_so()
    {
        using var token = OpenAs("yubihsm2", profile => profile with { DataObjects = profile.DataObjects with { Private = true } });

        await Assert.ThrowsAsync<RollbackAnchorException>(() => TokenAnchor.ProveAsync(token));
    }

    [Theory]
    [MemberData(nameof(RefusalsOfInput))]
    public async Task Whatever_a_token_answers_to_changed_bytes_it_enrols_and_a_changed_slot_is_no_lost_device(string code)
    {
        using var token = OpenWith([$"decrypt {code}"]);
        var key = (await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System)).Key;
        using var secret = Secret();
        var wrapped = await key.WrapAsync(secret, _context, default);
        using (var opened = await key.UnwrapAsync(wrapped, _context, _arena, default))
        {
            Assert.True(opened.Span.SequenceEqual(secret.Span));
        }

        wrapped[^1] ^= 1;

        await Assert.ThrowsAsync<VaultException>(() => key.UnwrapAsync(wrapped, _context, _arena, default));
    }

    [Theory]
    [InlineData("lost 30")]
    [InlineData("lost 31")]
    [InlineData("lost B3")]
    [InlineData("lost 30", "returns initialize")]
    [InlineData("lost E0", "returns initialize")]
    public async Task A_device_that_was_away_for_a_moment_is_asked_again(params string[] table)
    {
        using var token = OpenWith(table);
        var key = (await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System)).Key;
        using var secret = Secret();
        var wrapped = await key.WrapAsync(secret, _context, default);

        _standIn!.Lose();
        using var opened = await key.UnwrapAsync(wrapped, _context, _arena, default);

        Assert.True(opened.Span.SequenceEqual(secret.Span));
    }

    [Theory]
    [InlineData("30")]
    [InlineData("70")]
    [InlineData("80000001")]
    public async Task A_mechanism_that_fails_leads_to_the_next_one(string code)
    {
        using var token = OpenWith(["oaep none", $"oaep-refused {code}"]);

        var enrolled = await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System);

        Assert.Equal(VaultSlotType.Pkcs11AesGcm, enrolled.Report.Mechanism);
        Assert.Equal(
            [VaultSlotType.Pkcs11RsaOaepSha256, VaultSlotType.Pkcs11RsaOaepSha1],
            enrolled.Report.Rejected.Select(one => one.Mechanism)
        );
    }

    [Fact]
    public async Task A_device_that_fails_with_every_mechanism_is_a_lost_one_and_no_wrong_profile()
    {
        using var token = OpenWith(["oaep none", "oaep-refused 30"], profile =>
            profile with
            {
                Mechanisms = [VaultSlotType.Pkcs11RsaOaepSha1],
            }
        );

        var lost = await Assert.ThrowsAsync<TokenException>(() => SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System));

        Assert.Equal(TokenFault.DeviceLost, lost.Fault);
    }

    /// <summary>On many tokens anybody may destroy the public object and write another of the same id, without a PIN.</summary>
    [Fact]
    public async Task A_public_object_that_is_swapped_between_trial_and_wrap_gets_nothing()
    {
        using var token = OpenWith([]);
        using var thief = RSA.Create(3072);
        using var secret = Secret();
        var key = (await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System)).Key;
        await token.RunOnceAsync(login => Swapped(login, key.Id.Span, thief.ExportParameters(includePrivateParameters: false)), default);

        foreach (var wrapping in new[] { key, new Pkcs11Key(token, key.SlotType, key.Id.Span, key.Label) })
        {
            var wrapped = await wrapping.WrapAsync(secret, _context, default);

            Assert.ThrowsAny<CryptographicException>(() => thief.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA1));
            using var opened = await key.UnwrapAsync(wrapped, _context, _arena, default);
            Assert.True(opened.Span.SequenceEqual(secret.Span));
        }
    }

    [Fact]
    public async Task A_token_that_keeps_the_modulus_in_the_public_object_alone_is_believed_where_its_profile_says_so()
    {
        string[] table = ["private-modulus-refused 12"];
        using var unsaid = OpenWith(table, profile => profile with { Mechanisms = [VaultSlotType.Pkcs11RsaOaepSha1] });
        Assert.Contains(
            "does not say the modulus of a private key",
            (await Assert.ThrowsAsync<TokenException>(() => SealEnrolment.EnrolAsync(unsaid, "kek", TimeProvider.System))).Message,
            StringComparison.Ordinal
        );

        using var said = OpenWith(table, profile => profile with { Rsa = profile.Rsa with { PublicHalf = HsmPublicHalf.Public } });
        Assert.Equal(VaultSlotType.Pkcs11RsaOaepSha1, (await SealEnrolment.EnrolAsync(said, "kek", TimeProvider.System)).Report.Mechanism);
    }

    [Fact]
    public async Task One_session_is_enough_beside_the_one_that_makes_keys()
    {
        using var token = OpenWith(["sessions 2"]);

        await SealEnrolment.EnrolAsync(token, "kek", TimeProvider.System);
        await TokenAnchor.ProveAsync(token);
    }

    private static bool Swapped(Pkcs11Session login, ReadOnlySpan<byte> id, RSAParameters other)
    {
        using var session = login.OpenReadWrite();
        session.Destroy(session.Get(CKO.CKO_PUBLIC_KEY, id));
        session.CreateObject(
            new Template()
                .With(CKA.CKA_CLASS, (ulong)CKO.CKO_PUBLIC_KEY)
                .With(CKA.CKA_KEY_TYPE, (ulong)CKK.CKK_RSA)
                .With(CKA.CKA_TOKEN, true)
                .With(CKA.CKA_ENCRYPT, true)
                .With(CKA.CKA_ID, id)
                .With(CKA.CKA_MODULUS, other.Modulus)
                .With(CKA.CKA_PUBLIC_EXPONENT, other.Exponent)
        );
        return true;
    }

    private SecretBytes Secret()
    {
        var secret = _arena.Allocate(SlotContext.RootKeyLength);
        RandomNumberGenerator.Fill(secret.Span);
        return secret;
    }

    private Pkcs11Token OpenAs(string name, Func<HsmProfile, HsmProfile>? change = null)
    {
        var table = StandIn.TableOf(name).ToDictionary(line => line.Key, line => line.Value);
        return Open(
            StandIn.Of(name, _softHsm.Folder, "one"),
            HsmProfile.Get(name),
            change,
            table.GetValueOrDefault("label", "one"),
            table.GetValueOrDefault("serial")
        );
    }

    private Pkcs11Token OpenWith(IEnumerable<string> table, Func<HsmProfile, HsmProfile>? change = null) =>
        Open(StandIn.With(table, _softHsm.Folder, "one"), HsmProfile.Get("softhsm2"), change, "one", null);

    private Pkcs11Token Open(StandIn standIn, HsmProfile profile, Func<HsmProfile, HsmProfile>? change, string label, string? serial)
    {
        _standIn = standIn;
        return _softHsm.Open(
            _arena,
            label,
            profile: change?.Invoke(profile) ?? profile,
            module: standIn.Module,
            serial: serial,
            timeouts: new TokenTimeouts { Pause = TimeSpan.FromMilliseconds(1) }
        );
    }
}
