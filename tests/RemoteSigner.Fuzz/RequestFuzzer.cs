using System.Text;

namespace RemoteSigner.Fuzz;

/// <summary>Sends requests to every door of one signer until the time is up: good ones, bad ones in a good frame, and bad frames.</summary>
internal sealed class RequestFuzzer(FuzzedSigner signer, IReadOnlyList<RequestSeed> seeds, ulong seed, Findings findings)
{
    // What the page of the API says of a signer that is well: its keys are open, and nobody took its token away.
    private static readonly HashSet<string> _documented =
    [
        "no_operator_key",
        "keys_loading",
        "busy",
        "generic_not_supported",
        "tpm_unreachable",
        "fence_not_moved",
    ];

    private const long First = 0;

    private readonly List<List<RequestSeed>> _byListener = [.. seeds.GroupBy(one => one.Door).Select(door => door.ToList())];
    private long _input;
    private long _signatures;

    /// <summary>Signatures that were held against the oracle's root.</summary>
    public long Signatures => Interlocked.Read(ref _signatures);

    /// <summary>
    /// Every seed as it stands, before anything else: one that is refused tests the refusal alone, however it is mutated. Later they come
    /// again, between the others.
    /// </summary>
    public async Task SowAsync()
    {
        var doors = Enum.GetValues<Listener>().ToDictionary(listener => listener, listener => new Door(signer, listener));
        foreach (var chosen in seeds)
        {
            await AskAsync(doors[chosen.Listener], chosen, chosen.Body, First, new Dice(seed, First));
        }

        Dispose(doors.Values);
    }

    public async Task RunAsync(int workers, CancellationToken timeIsUp) =>
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(timeIsUp), CancellationToken.None)));

    private async Task WorkAsync(CancellationToken timeIsUp)
    {
        var doors = Enum.GetValues<Listener>().ToDictionary(listener => listener, listener => new Door(signer, listener));
        while (!timeIsUp.IsCancellationRequested && !signer.Process.HasExited)
        {
            var input = Interlocked.Increment(ref _input);
            var dice = new Dice(seed, input);
            var chosen = dice.Of(dice.Of(_byListener));
            await (
                dice.Below(10) switch
                {
                    < 2 => ThrowAsync(doors[chosen.Listener], chosen, input, dice),
                    < 4 => AskAsync(doors[chosen.Listener], chosen, chosen.Body, input, dice),
                    _ => AskAsync(doors[chosen.Listener], chosen, Mutation.Of(chosen.Body, dice), input, dice),
                }
            );
        }

        Dispose(doors.Values);
    }

    private static void Dispose(IEnumerable<Door> doors)
    {
        foreach (var door in doors)
        {
            door.Dispose();
        }
    }

    // In a frame that is right, so that there must be an answer; and a seed has one that is expected.
    private async Task AskAsync(Door door, RequestSeed chosen, byte[] body, long input, Dice dice)
    {
        var request = Framed(
            chosen,
            chosen.Path,
            chosen.Verb == "GET" && body.Length == 0 ? ""
                : dice.OneIn(4) ? "Transfer-Encoding: chunked\r\n"
                : $"Content-Length: {body.Length}\r\n",
            body,
            dice
        );
        try
        {
            var answer = await door.AskAsync(request);
            var signatures = Judge(chosen, body, answer, input, request);
            if (ReferenceEquals(body, chosen.Body) && !chosen.Expects(answer, signatures, isAlone: input == First))
            {
                findings.Add(
                    $"seed answered {answer.Status} {SignatureJudge.ReasonOf(answer.Body)}",
                    chosen.Door,
                    input,
                    chosen.Body,
                    $"{chosen.Verb} {chosen.Path} over {chosen.Listener}: {answer.Body}"
                );
            }
        }
        catch (IOException exception)
        {
            findings.Count(chosen.Door, "dropped");
            findings.Add("dropped", chosen.Door, input, request, exception.Message);
        }
    }

    private byte[] Framed(RequestSeed chosen, string path, string length, byte[] body, Dice dice)
    {
        var head = Head(chosen, path, length);
        if (!length.StartsWith("Transfer-Encoding", StringComparison.Ordinal))
        {
            return [.. head, .. body];
        }

        var chunks = new List<byte>();
        for (var at = 0; at < body.Length; )
        {
            var part = body[at..Math.Min(body.Length, at + 1 + dice.Below(Math.Max(1, body.Length)))];
            chunks.AddRange(Encoding.ASCII.GetBytes($"{part.Length:x}\r\n"));
            chunks.AddRange(part);
            chunks.AddRange("\r\n"u8);
            at += part.Length;
        }

        return [.. head, .. chunks, .. "0\r\n\r\n"u8];
    }

    // In a frame that is wrong: an answer, or none; never a signature where two readers would not agree what was asked.
    private async Task ThrowAsync(Door door, RequestSeed chosen, long input, Dice dice)
    {
        var body = dice.OneIn(2) ? chosen.Body : Mutation.Of(chosen.Body, dice);
        var length = $"Content-Length: {body.Length}\r\n";
        var chunked = $"{body.Length:x}\r\n{Encoding.Latin1.GetString(body)}\r\n0\r\n\r\n";
        var kind = dice.Below(18);
        byte[] request = kind switch
        {
            0 => [.. Head(chosen, chosen.Path, "Transfer-Encoding: gzip, chunked\r\n"), .. Encoding.Latin1.GetBytes(chunked)],
            1 => [.. Head(chosen, chosen.Path, "Transfer-Encoding: chunked\r\n" + length), .. Encoding.Latin1.GetBytes(chunked)],
            2 => [.. Head(chosen, chosen.Path, $"Content-Encoding: gzip\r\n{length}"), .. body],
            3 => [.. Head(chosen, WithoutQuery(chosen.Path) + "/", length), .. body],
            4 => [.. Head(chosen, chosen.Path.ToUpperInvariant(), length), .. body],
            5 =>
            [
                .. Head(
                    chosen,
                    chosen.Path.Replace("/v1", "/%761", StringComparison.Ordinal).Replace("/up", "/%75p", StringComparison.Ordinal),
                    length
                ),
                .. body,
            ],
            6 =>
            [
                .. Head(chosen, chosen.Path, "Transfer-Encoding: chunked\r\n"),
                .. Encoding.ASCII.GetBytes(
                    dice.Of((string[])["80000000\r\n{", "ffffffffffffffffff\r\n", "-1\r\n", "5;x=\u0001\r\n{}", "zz\r\n", "\r\n\r\n"])
                ),
            ],
            7 => [.. Head(chosen, chosen.Path, $"Content-Length: {body.Length + 1 + dice.Below(100_000)}\r\n"), .. body],
            8 => [.. Head(chosen, chosen.Path, length + length), .. body],
            9 => [.. Head(chosen, chosen.Path, $"{length}Host: elsewhere\r\n"), .. body],
            10 => [.. Head(chosen, chosen.Path, $"{length}Origin: https://evil.example\r\n"), .. body],
            11 => [.. Head(chosen, chosen.Path, $"{length}X-Long: {new string('x', dice.Below(50_000))}\r\n"), .. body],
            12 => [.. Mutation.InBytes(Head(chosen, chosen.Path, length), dice), .. body],
            13 => [.. Head(chosen, chosen.Path, $"X-Folded: a\r\n b\r\n{length}"), .. body],
            14 => [.. Head(chosen, chosen.Path, $"X-Lone: a\n{length}"), .. body],
            15 => [.. Head(chosen, chosen.Path, $"X-Space : a\r\n{length}"), .. body],
            16 => [.. Head(chosen, chosen.Path, $"Content-Length: {body.Length}, {body.Length}\r\n"), .. body],
            _ => dice.Bytes(1 + dice.Below(400)),
        };
        // What is cut short or is no request gets an answer late or never.
        var answer = await door.ThrowAsync(
            request,
            resets: dice.OneIn(6),
            TimeSpan.FromMilliseconds(kind is 6 or 7 or 12 or 17 ? 150 : 5_000)
        );
        if (answer is null)
        {
            findings.Count($"{chosen.Door} frames", "no answer");
            return;
        }

        // Whoever takes them reads something else than another reader would. (A target without version has nothing to be written otherwise,
        // the socket no proxy before it.)
        if (
            answer.Status == 200
            && (
                kind is 0 or 1 or 2 or 8 or 9 or 13 or 14 or 15 or 16 or 17
                || (kind == 10 && chosen.Listener is (Listener.MutualTls or Listener.Loopback))
                || (kind == 12 && !RequestHead.IsWellFormed(request))
            )
        )
        {
            findings.Add("ambiguous frame taken", chosen.Door, input, request, $"kind {kind}: {answer.Status}");
        }

        // Nobody can have read it to its end.
        if (answer.Status == 200 && kind is (6 or 7) && chosen.Body.Length > 0)
        {
            findings.Add("body taken that never ended", chosen.Door, input, request, $"kind {kind}: {answer.Status}");
        }

        if (
            answer.Status == 200
            && kind is (3 or 4 or 5)
            && chosen.Listener != Listener.Control
            && chosen.Path.Contains("/v1", StringComparison.Ordinal)
        )
        {
            findings.Add("path taken that is not documented", chosen.Door, input, request, $"kind {kind}: {answer.Status}");
        }

        Judge(chosen with { Door = $"{chosen.Door} frames" }, body, answer, input, request);
    }

    private static string WithoutQuery(string path) => path.Split('?')[0];

    private byte[] Head(RequestSeed chosen, string path, string headers)
    {
        var token = chosen.Door == "keymanager" ? $"Authorization: Bearer {signer.Token}\r\n" : "";
        return Encoding.ASCII.GetBytes(
            $"{chosen.Verb} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: "
                + $"{chosen.Accept}\r\nContent-Type: application/json\r\n{token}{headers}\r\n"
        );
    }

    // How many signatures are in the answer.
    private int Judge(RequestSeed chosen, byte[] body, RawAnswer answer, long input, byte[] request)
    {
        findings.Count(chosen.Door, answer.Status.ToString());

        // 505 is the web server's word for another version of HTTP in a mutated head.
        if (
            answer.Status is >= 500 and not 505
            && !(answer.Status is 501 or 503 && _documented.Contains(SignatureJudge.ReasonOf(answer.Body)))
            && !IsHealth(chosen)
        )
        {
            findings.Add($"status {answer.Status}", chosen.Door, input, request, answer.Body);
        }

        if (answer.Status != 200 || !chosen.Signs)
        {
            return 0;
        }

        try
        {
            var signatures = SignatureJudge.Verify(chosen, signer, body, answer.Body);
            Interlocked.Add(ref _signatures, signatures);
            return signatures;
        }
        catch (Exception exception)
        {
            findings.Add(
                "signature of something else",
                chosen.Door,
                input,
                request,
                $"{exception.Message} body: {Encoding.UTF8.GetString(body)} answer: {answer.Body}"
            );
            return 0;
        }
    }

    // Whether the signer is well is what it is asked there.
    private static bool IsHealth(RequestSeed chosen) => chosen.Path.StartsWith("/healthcheck", StringComparison.Ordinal);
}
