using RemoteSigner.Demo;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
return await new Demonstration(inTpm: args.Contains("--tpm"), stop.Token).RunAsync(stayUp: !args.Contains("--once"));
