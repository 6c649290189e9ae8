using System.Diagnostics;
using System.Net;
using System.Text.Json;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Demo;

/// <summary>Four operators of a 3-of-4 cluster on this machine, from an empty token or TPM to the refusal of a slashable vote.</summary>
internal sealed class Demonstration(bool inTpm, CancellationToken stop)
{
    private const int Operators = 4;
    private const int Threshold = 3;
    private const string NetworkName = "hoodi";

    private readonly Network _network = Network.Find(NetworkName)!;
    private readonly string _folder = Directory.CreateTempSubdirectory("remote-signer-demo-").FullName;
    private readonly List<Operator> _operators = [];

    public async Task<int> RunAsync(bool stayUp)
    {
        try
        {
            AnsiConsole.MarkupLine(
                "[bold]RemoteSigner demo[/]: a 3-of-4 cluster on this machine. [yellow]The "
                    + "demo dealer knows the whole key: never do this with stake.[/]"
            );
            using var dealer = new DemoDealer(Threshold);
            await StepAsync(
                $"deal {Operators} shares, make {Operators} throwaway "
                    + $"{(inTpm ? "software TPMs" : "SoftHSM2 tokens")}, seal one share "
                    + $"{(inTpm ? "under" : "in")} each, start {Operators} signers",
                () => StartAsync(dealer)
            );
            var (epoch, slot) = Now();
            var vote = Vote(epoch, slot, 0x2a);
            var partials = new Dictionary<ulong, BlsSignature>();
            await StepAsync($"ask each signer over mutual TLS for its partial signature of an attestation for slot {slot}", () =>
                CollectAsync(vote.Json, partials)
            );
            await StepAsync($"combine every {Threshold} of {Operators} by Lagrange interpolation and verify under the group key", () =>
                Combine(dealer.GroupKey, vote.Root, partials)
            );
            await StepAsync("ask for another vote with the same target: slashable", () => RefusedAsync(Vote(epoch, slot, 0x2b).Json));
            Explain(dealer.GroupKey, vote.Json);
            if (stayUp)
            {
                AnsiConsole.MarkupLine("\nThe signers stay up until Ctrl-C.");
                await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            return 0;
        }
        finally
        {
            foreach (var one in _operators)
            {
                await one.DisposeAsync();
            }

            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task StartAsync(DemoDealer dealer) =>
        _operators.AddRange(
            await Task.WhenAll(
                Enumerable
                    .Range(1, Operators)
                    .Select(index =>
                        Operator.StartAsync((ulong)index, Path.Combine(_folder, $"operator-{index}"), dealer, NetworkName, inTpm)
                    )
            )
        );

    private async Task CollectAsync(string message, Dictionary<ulong, BlsSignature> partials)
    {
        foreach (var one in _operators)
        {
            var started = Stopwatch.GetTimestamp();
            var (status, body) = await one.SignAsync(message);
            Expect(status == HttpStatusCode.OK, $"operator {one.Index} answered {status}: {body}");
            var signature = body.GetProperty("signature").GetString()!;
            partials[one.Index] = BlsSignature.Parse(signature);
            AnsiConsole.MarkupLineInterpolated(
                $"    operator {one.Index}: {signature[..18]}…  [grey]{Stopwatch.GetElapsedTime(started).TotalMilliseconds:F1} ms[/]"
            );
        }
    }

    private static Task Combine(BlsPublicKey groupKey, Root root, Dictionary<ulong, BlsSignature> partials)
    {
        foreach (var absent in partials.Keys.ToList())
        {
            var combined = ThresholdSignature.Combine(partials.Where(partial => partial.Key != absent).ToDictionary());
            Expect(Bls.Verify(groupKey.Bytes, root.Bytes, combined.Bytes), $"without operator {absent} the signature does not verify");
            AnsiConsole.MarkupLineInterpolated(
                $"    without operator {absent}: {combined.ToString()[..18]}… verifies under the group key {groupKey.ToString()[..18]}…"
            );
        }

        return Task.CompletedTask;
    }

    private async Task RefusedAsync(string message)
    {
        foreach (var one in _operators)
        {
            var (status, body) = await one.SignAsync(message);
            Expect(status == HttpStatusCode.PreconditionFailed, $"operator {one.Index} answered {status} to a slashable vote");
            AnsiConsole.MarkupLineInterpolated(
                $"    operator {one.Index}: [red]{(int)status}[/] {Text(body, "reason")}: {Text(body, "detail")}"
            );
        }
    }

    private static string? Text(JsonElement body, string member) => body.GetProperty(member).GetString();

    private void Explain(BlsPublicKey groupKey, string vote)
    {
        var one = _operators[0];
        var body = Path.Combine(_folder, "vote.json");
        File.WriteAllText(body, vote);
        var tls =
            $"--cacert {one.Data}/tls/ca.crt --cert "
            + $"{one.Data}/clients/{Operator.Coordinator}.crt --key {one.Data}/clients/{Operator.Coordinator}.key";
        AnsiConsole.WriteLine($"\ngroup key {groupKey}\ntry it:\n");
        Console.WriteLine($"  curl {tls} {one.Api}api/v1/eth2/publicKeys -H 'Accept: application/json'");
        Console.WriteLine($"  curl {tls} {one.Api}api/v1/eth2/sign/{one.Share} -H 'Accept: application/json' -d @{body}");
        Console.WriteLine($"  curl {one.Operations}healthcheck");
        Console.WriteLine($"  curl {one.Operations}metrics");
    }

    private (ulong Epoch, ulong Slot) Now()
    {
        var slot = ((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - _network.GenesisTime!.Value) / _network.SecondsPerSlot;
        return (_network.EpochOf(new Slot(slot)).Value, slot);
    }

    private (string Json, Root Root) Vote(ulong epoch, ulong slot, byte fill)
    {
        var vote = AttestationRequest.Message(_network.GenesisValidatorsRoot!.Value, epoch - 1, epoch, slot, fill);
        return (AttestationRequest.Json(vote), vote.SigningRoot(_network));
    }

    private static async Task StepAsync(string what, Func<Task> step)
    {
        AnsiConsole.MarkupLineInterpolated($"\n[bold]▸ {what}[/]");
        var started = Stopwatch.GetTimestamp();
        await step();
        AnsiConsole.MarkupLineInterpolated($"  [green]done[/] in {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s");
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
