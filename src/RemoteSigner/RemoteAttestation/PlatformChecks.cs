namespace RemoteSigner.RemoteAttestation;

/// <summary>That the machine booted what it should: the quoted PCRs against the firmware's own log, and against good values.</summary>
internal static class PlatformChecks
{
    // What the firmware and the boot loader measure ends up in its log. PCR 10 (IMA) and what systemd extends later do not.
    private const int LastOfFirmware = 9;

    public static IReadOnlyList<(string Name, Func<SignedParts, Expectations, EvidenceCheck> Run)> All { get; } =
    [("event-log", EventLog), ("golden", Golden)];

    private static EvidenceCheck EventLog(SignedParts signed, Expectations expected)
    {
        if (signed.Evidence.EventLog is not { } bytes)
        {
            return EvidenceCheck.NotChecked("event-log", "the signer could not read one (attestation.eventLog in its signer.json)");
        }

        var log = FirmwareLog.Replay(bytes);
        var logged = signed.Evidence.Pcrs.Keys.Where(index => index <= LastOfFirmware).Order().ToList();
        if (logged.Count == 0)
        {
            return EvidenceCheck.NotChecked("event-log", $"no PCR up to {LastOfFirmware} was quoted");
        }

        var differ = logged
            .Where(index => !log.Pcrs.GetValueOrDefault(index, new byte[32]).AsSpan().SequenceEqual(signed.Evidence.Pcrs[index]))
            .ToList();
        return EvidenceCheck.Of(
            "event-log",
            differ.Count == 0,
            $"{log.Events} events replay to the quoted values of PCR {string.Join(", ", logged)}",
            $"the events do not replay to the quoted values of PCR {string.Join(", ", differ)}"
        );
    }

    private static EvidenceCheck Golden(SignedParts signed, Expectations expected)
    {
        if (expected.Golden is not { } golden)
        {
            return EvidenceCheck.NotChecked("golden", "no good values were given (--golden)");
        }

        var quoted = signed.Evidence.Pcrs;
        var differ = golden
            .Pcrs.Where(good => !quoted.TryGetValue(good.Key, out var value) || !good.Value.Any(one => one.AsSpan().SequenceEqual(value)))
            .Select(good => good.Key)
            .Order()
            .ToList();
        var without = quoted.Keys.Except(golden.Pcrs.Keys).Order().ToList();
        return EvidenceCheck.Of(
            "golden",
            differ.Count == 0 && golden.Pcrs.Count > 0,
            $"PCR {string.Join(", ", golden.Pcrs.Keys.Order())} hold good "
                + $"values{(without.Count == 0 ? "" : $"; there are none for PCR {string.Join(", ", without)}")}",
            golden.Pcrs.Count == 0
                ? "the file names no PCR"
                : $"PCR {string.Join(", ", differ)} hold no good value: other firmware, boot loader, kernel or settings"
        );
    }
}
