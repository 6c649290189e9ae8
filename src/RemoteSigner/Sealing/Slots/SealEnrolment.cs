using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Sealing;

/// <summary>
/// Makes a key-encryption key in a token and proves it before anything depends on it: what a module lists is not what it does (SoftHSM
/// 2.6.1 lists OAEP and fails SHA-256), so each mechanism of the profile is tried in order by round trips.
/// </summary>
public static class SealEnrolment
{
    /// <summary>Makes a key with this label; keys of mechanisms that fail a trial are removed again.</summary>
    /// <exception cref="TokenException">No mechanism passes, or the token is not there.</exception>
    public static async Task<Enrolment> EnrolAsync(
        Pkcs11Token token,
        string keyLabel,
        TimeProvider time,
        IProgress<string>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var serial = await token.ConnectAsync(cancellation);
        var rejected = new List<RegistrationReport.Rejection>();
        var faults = new List<TokenException>();
        foreach (var mechanism in token.Profile.Mechanisms)
        {
            progress?.Report($"trying {mechanism.Name()}");
            try
            {
                var (key, seal, unseal) = await TryAsync(token, mechanism, keyLabel, time, cancellation);
                var report = new RegistrationReport(
                    token.Profile.Name,
                    token.Address.Label,
                    serial,
                    mechanism,
                    Convert.ToHexStringLower(key.Id.Span),
                    keyLabel,
                    time.GetUtcNow(),
                    SealTrial.Rounds,
                    seal,
                    unseal,
                    rejected
                );
                return new Enrolment(key, report);
            }
            catch (TokenException e)
                when (e.Fault is TokenFault.MechanismNotOffered or TokenFault.InputRefused or TokenFault.Refused or TokenFault.DeviceLost)
            {
                // Some tokens answer as if they were gone to what they cannot do.
                rejected.Add(new RegistrationReport.Rejection(mechanism, e.Message));
                faults.Add(e);
            }
        }

        if (faults.TrueForAll(fault => fault.Fault == TokenFault.DeviceLost))
        {
            throw faults[^1];
        }

        throw new TokenException(
            TokenFault.MechanismNotOffered,
            $"no mechanism of the profile {token.Profile.Name} passes: "
                + $"{string.Join("; ", rejected.Select(r => $"{r.Mechanism.Name()}: {r.Reason}"))}",
            "correct the profile, or choose the one of this token"
        );
    }

    private static async Task<(Pkcs11Key Key, RegistrationReport.Latency Seal, RegistrationReport.Latency Unseal)> TryAsync(
        Pkcs11Token token,
        VaultSlotType mechanism,
        string label,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var id = await token.RunSlowlyAsync(session => KeyGeneration.Generate(session, token.Profile, mechanism, label), cancellation);
        var key = new Pkcs11Key(token, mechanism, id, label);
        try
        {
            await token.RunOnceAsync(session => Inside(session, mechanism, id), cancellation);
            key.UseForRecovery();
            var trial = new SealTrial(token, key, time);
            await trial.ProveAsync(cancellation);
            var (seal, unseal) = await trial.MeasureAsync(cancellation);
            return (key, seal, unseal);
        }
        catch
        {
            await key.DiscardAsync();
            throw;
        }
    }

    private static bool Inside(Pkcs11Session session, VaultSlotType mechanism, byte[] id)
    {
        KeyGeneration.CheckStaysInside(session, mechanism, id);
        return true;
    }
}

/// <summary>A new key-encryption key and what its trials showed.</summary>
public sealed record Enrolment(Pkcs11Key Key, RegistrationReport Report);
