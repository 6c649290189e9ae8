using System.Security.Cryptography;
using RemoteSigner.Native;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Sealing;

/// <summary>The trials a new key-encryption key must pass.</summary>
internal sealed class SealTrial(Pkcs11Token token, Pkcs11Key key, TimeProvider time)
{
    internal const int Rounds = 32;
    private static readonly byte[] Context = SHA256.HashData("enrolment"u8);
    private static readonly byte[] OtherContext = SHA256.HashData("another"u8);

    /// <summary>
    /// Seal and unseal give the same; sealing twice differs; another context fails; one flipped bit fails wherever it is.
    /// </summary>
    /// <exception cref="TokenException">A trial failed.</exception>
    internal async Task ProveAsync(CancellationToken cancellation)
    {
        using var secret = token.Arena.Allocate(SlotContext.RootKeyLength);
        RandomNumberGenerator.Fill(secret.Span);
        var first = await SealAsync(secret, cancellation);
        var second = await SealAsync(secret, cancellation);
        Expect(!first.AsSpan().SequenceEqual(second), "sealing the same bytes twice gave the same result");
        Expect(await OpensAsync(first, Context, secret, cancellation), "unsealing did not give back what was sealed");
        Expect(!await OpensAsync(first, OtherContext, secret, cancellation), "bytes sealed for one vault opened for another");
        foreach (var position in new[] { 0, first.Length / 2, first.Length - 1 })
        {
            Expect(
                !await OpensAsync(Flipped(first, position), Context, secret, cancellation),
                $"sealed bytes with a flipped bit at {position} opened"
            );
        }

        Expect(await OpensAsync(second, Context, secret, cancellation), "the token did not unseal after the trials with wrong input");
    }

    internal async Task<(RegistrationReport.Latency Seal, RegistrationReport.Latency Unseal)> MeasureAsync(CancellationToken cancellation)
    {
        List<TimeSpan> seals = [],
            unseals = [];
        using var secret = token.Arena.Allocate(SlotContext.RootKeyLength);
        for (var round = 0; round < Rounds; round++)
        {
            RandomNumberGenerator.Fill(secret.Span);
            var start = time.GetTimestamp();
            var wrapped = await SealAsync(secret, cancellation);
            seals.Add(time.GetElapsedTime(start));
            start = time.GetTimestamp();
            Expect(await OpensAsync(wrapped, Context, secret, cancellation), $"round {round} did not give back what was sealed");
            unseals.Add(time.GetElapsedTime(start));
        }

        return (RegistrationReport.Latency.Of(seals), RegistrationReport.Latency.Of(unseals));
    }

    private static byte[] Flipped(byte[] wrapped, int position)
    {
        var flipped = (byte[])wrapped.Clone();
        flipped[position] ^= 1;
        return flipped;
    }

    private static void Expect(bool passed, string failure)
    {
        if (!passed)
        {
            throw new TokenException(TokenFault.Refused, failure, "do not use this mechanism with this token");
        }
    }

    private Task<byte[]> SealAsync(SecretBytes secret, CancellationToken cancellation) =>
        token.RunOnceAsync(session => key.Wrap(session, secret, Context), cancellation);

    private async Task<bool> OpensAsync(byte[] wrapped, byte[] context, SecretBytes secret, CancellationToken cancellation)
    {
        try
        {
            using var opened = await token.RunOnceAsync(session => key.Unwrap(session, wrapped, context, token.Arena), cancellation);
            return CryptographicOperations.FixedTimeEquals(opened.Span, secret.Span);
        }
        catch (VaultException)
        {
            return false;
        }
        catch (TokenException e) when (e.Fault is TokenFault.InputRefused || e.MayBeOfInput)
        {
            // It counts as one only if the token is well: it has to give a known answer at once, in a new session.
            _ = await token.RunOnceAsync(key.AnswerKnownQuestion, cancellation);
            return false;
        }
    }
}
