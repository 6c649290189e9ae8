using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.Tpm2;

/// <summary>What somebody learns who listens between processor and TPM, and what happens when he changes what passes.</summary>
public sealed class TpmBusTests : TpmTest
{
    private const uint RecordHandle = 0x01800400;
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _authValue = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _record = RandomNumberGenerator.GetBytes(64);

    [Fact]
    public void A_listener_learns_no_secret()
    {
        using var bus = Listen();
        using var tpm = Tpm.Open(bus);
        UseEverySecret(tpm, PinnedRoot(tpm), encrypted: true);

        Assert.False(bus.Carried(_secret));
        Assert.False(bus.Carried(_authValue));
        Assert.False(bus.Carried(_record));
    }

    /// <summary>The control: the same commands, and the same search, without encryption.</summary>
    [Fact]
    public void A_listener_learns_every_secret_without_encryption()
    {
        using var bus = Listen();
        using var tpm = Tpm.Open(bus);
        UseEverySecret(tpm, PinnedRoot(tpm), encrypted: false);

        Assert.True(bus.Carried(_secret));
        Assert.True(bus.Carried(_authValue));
        Assert.True(bus.Carried(_record));
    }

    [Fact]
    public void Every_flipped_bit_of_an_unsealing_response_is_noticed()
    {
        using var bus = Listen();
        using var tpm = Tpm.Open(bus);
        var root = PinnedRoot(tpm);
        using var creating = tpm.StartHmacSession(root);
        using var item = tpm.Load(
            root,
            creating,
            tpm.Create(root, creating, KeyedHashPublic.SealedUnderAuthValue(noDA: true), _authValue, _secret)
        );
        var secret = new byte[32];
        // A response to an unseal in an HMAC session: 10 of header, 4 of size, 34 of secret, then the session's 2 + 32, 1, 2 + 32.
        for (var position = 10; position < 117; position++)
        {
            using var session = tpm.StartHmacSession(root);
            session.SetAuthValue(_authValue);
            bus.ChangeResponse = response => response[position] ^= 1;
            var refused = Assert.Throws<TpmIntegrityException>(() => tpm.Unseal(item, session, secret));
            bus.ChangeResponse = null;
            Assert.True(
                refused.Fault is TpmIntegrityFault.ResponseHmac or TpmIntegrityFault.Malformed,
                $"byte {position}: {refused.Fault}"
            );
            Assert.Equal(new byte[32], secret);
        }
    }

    [Fact]
    public void A_response_without_its_authorization_is_refused()
    {
        using var bus = Listen();
        using var tpm = Tpm.Open(bus);
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        bus.ChangeResponse = response => response[1] = 0x01;

        Assert.Equal(
            TpmIntegrityFault.ResponseHmac,
            Assert.Throws<TpmIntegrityException>(() => tpm.GetRandom(new byte[16], session)).Fault
        );
    }

    [Fact]
    public void A_flipped_bit_of_a_command_is_refused_by_the_TPM()
    {
        using var bus = Listen();
        using var tpm = Tpm.Open(bus);
        using var session = tpm.StartHmacSession(PinnedRoot(tpm));
        var index = tpm.NvDefineSpace(session, TpmsNvPublic.Ordinary(RecordHandle, _record.Length), _authValue);
        session.SetAuthValue(_authValue);
        tpm.NvWrite(index, session, _record);
        bus.ChangeCommand = command => command[^10] ^= 1;

        Assert.Equal(TpmRc.BAD_AUTH, Refused(() => tpm.NvWrite(index.AsWritten(), session, _record)));
    }

    /// <summary>Who answers ReadPublic with a key of his own could decrypt every salt, were the Name not pinned.</summary>
    [Fact]
    public void A_swapped_storage_root_key_is_refused()
    {
        using var bus = Listen();
        using var tpm = Tpm.Open(bus);
        var name = PinnedRoot(tpm).Name;
        bus.ChangeResponse = response => response[60] ^= 1;

        using var swapped = tpm.ReadStorageRootKey();
        bus.ChangeResponse = null;

        Assert.Equal(TpmIntegrityFault.Name, Assert.Throws<TpmIntegrityException>(() => swapped.Pin(name)).Fault);
    }

    private void UseEverySecret(Tpm tpm, PinnedKey root, bool encrypted)
    {
        using var session = tpm.StartHmacSession(root);
        session.EncryptsParameters = encrypted;
        var item = tpm.Create(root, session, KeyedHashPublic.SealedUnderAuthValue(noDA: true), _authValue, _secret);
        var index = tpm.NvDefineSpace(session, TpmsNvPublic.Ordinary(RecordHandle, _record.Length), _authValue);
        using var loaded = tpm.Load(root, session, item);
        session.SetAuthValue(_authValue);
        var (secret, record) = (new byte[32], new byte[64]);
        tpm.NvWrite(index, session, _record);
        tpm.NvRead(index.AsWritten(), session, record);
        tpm.Unseal(loaded, session, secret);
        Assert.Equal(_secret, secret);
        Assert.Equal(_record, record);
    }

    private TamperingTransport Listen() => new(TpmAddress.Parse(Software.Address).Connect());
}
