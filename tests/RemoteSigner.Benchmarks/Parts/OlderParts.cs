using System.Globalization;

namespace RemoteSigner.Benchmarks;

/// <summary>What was measured before and is no part of a quick run, in the terms of the report.</summary>
internal static class OlderParts
{
    // How many keystores are pushed at once: a thousand take minutes, a few tell as much.
    private static readonly int _pushed = int.TryParse(
        Environment.GetEnvironmentVariable("PUSHED"),
        CultureInfo.InvariantCulture,
        out var wanted
    )
        ? wanted
        : 8;

    public static async Task MeasureSsvAsync(Bench bench)
    {
        var ssv = await SsvAtScale.MeasureAsync(bench.NewFolder("ssv"), bench.Token, bench.Network.Name);
        bench.Report.Add(
            "ssvImportSeconds",
            ssv.ImportSeconds,
            about: $"{SsvAtScale.Validators} validators in one keyshares file, at most {ssv.ImportMiB:F0} MiB"
        );
        bench.Report.Add("ssvBindSeconds", ssv.BindSeconds, about: $"of pushed shares, at most {ssv.BindMiB:F0} MiB");
        bench.Report.Add("ssvSuccessorSeconds", ssv.SuccessorSeconds, about: $"at most {ssv.SuccessorMiB:F0} MiB");
        bench.Report.Add(
            "ssvPushRatio",
            ssv.BesideDocument.CpuMilliseconds / ssv.Alone.CpuMilliseconds,
            about: $"CPU of a push of one other share: {Told(ssv.Alone)} alone, {Told(ssv.BesideDocument)} beside the file"
        );
        bench.Report.Add(
            "ssvPushBesideSharesRatio",
            ssv.BesideShares.CpuMilliseconds / ssv.Alone.CpuMilliseconds,
            about: $"{Told(ssv.BesideShares)} beside its {SsvAtScale.Validators} shares"
        );
        bench.Report.Add(
            "operatorSignatureCpuMs",
            ssv.Speech.CpuMilliseconds,
            about: $"{ssv.Speech.Milliseconds:F2} ms to the answer, median on one connection, {SsvAtScale.Validators} shares open"
        );

        static string Told(SsvAtScale.Push push) => $"{push.CpuMilliseconds:F0} ms ({push.Milliseconds:F0} ms to the answer)";
    }

    public static async Task MeasureCharonAsync(Bench bench)
    {
        var charon = await CharonAtScale.MeasureAsync(bench.NewFolder("charon"), bench.Token, bench.Network.Name);
        bench.Report.Add(
            "charonImportSeconds",
            charon.ImportSeconds,
            about: $"{CharonAtScale.Validators} validators in one lock, PBKDF2 of 262,144 rounds each, at most {charon.ImportMiB:F0} MiB"
        );
        bench.Report.Add("charonBindSeconds", charon.BindSeconds, about: $"of pushed shares, at most {charon.BindMiB:F0} MiB");
        bench.Report.Add(
            "charonSuccessorSeconds",
            charon.SuccessorSeconds,
            about: $"with one validator more, at most {charon.SuccessorMiB:F0} MiB"
        );
    }

    public static async Task MeasureBesideAsync(Bench bench)
    {
        var home = await bench.HomeAsync("beside", 1000, "--rollback-protection", "none");
        var beside = await PushBesideDuties.MeasureAsync(home);
        bench.Report.Add(
            "p99BesidePushRatio",
            beside.Ratio,
            "≤ 2",
            $"p99 {beside.Alone:F1} ms alone, {beside.Beside:F1} ms while "
                + $"{PushBesideDuties.Count} scrypt keystores are opened in {beside.Seconds:F1} s"
        );
    }

    public static async Task MeasureKeystoresAsync(Bench bench)
    {
        var home = await bench.EmptyHomeAsync("keystores");
        var push = await KeystorePush.MeasureAsync(home, _pushed);
        bench.Report.Add(
            "pushRatio",
            push.Seconds / (_pushed * KeystorePush.CharonSecondsPerKeystore),
            "< 1",
            $"of the 2 s that Charon waits for each of {_pushed} keystores with scrypt 2^18: {push.Seconds / _pushed:F2} s each"
        );
        bench.Report.Add("pushPeakMiB", push.PeakMiB, about: "most memory in use meanwhile");
    }

    public static async Task MeasureTpmAsync(Bench bench)
    {
        var milliseconds = await TpmOpening.MeasureAsync(bench.NewFolder("tpm"), bench.Network.Name);
        bench.Report.Add("tpmUnsealMilliseconds", milliseconds, "≤ 10", "median, software TPM, one operation, a new vault");
    }

    public static async Task MeasureConnectAsync(Bench bench)
    {
        var (folder, keys) = bench.Keystores(1000);
        var connected = await NewConnections.MeasureAsync(bench.NewFolder("connect"), bench.Token, folder, keys, bench.Network);
        bench.Report.Add(
            "connectRatio",
            connected.Ratio,
            about: "64 requests at once, a new connection each: through connect ÷ on the loopback listener"
        );
        bench.Report.Add("connectMilliseconds", connected.ThroughConnect);
        bench.Report.Add("loopbackListenerMilliseconds", connected.ByListener);
    }
}
