using RemoteSigner.LedgerLoad;

// ledger-load crash FILE EPOCH: signs without end from that epoch on, and prints each grant; meant to be killed.
// ledger-load long FILE VALIDATORS EPOCHS: days of many validators, one commit a slot; prints what became of the ledger.
// ledger-load speed FILE: prints the processor time of one decision.
return args switch
{
    ["crash", var file, var epoch] => await CrashLoad.RunAsync(file, ulong.Parse(epoch, System.Globalization.CultureInfo.InvariantCulture)),
    ["long", var file, var validators, var epochs] => await LongAsync(
        file,
        int.Parse(validators, System.Globalization.CultureInfo.InvariantCulture),
        int.Parse(epochs, System.Globalization.CultureInfo.InvariantCulture)
    ),
    ["speed", var file] => await SpeedLoad.RunAsync(file),
    _ => 2,
};

static async Task<int> LongAsync(string file, int validators, int epochs)
{
    Console.WriteLine(await LongLoad.RunAsync(file, validators, epochs));
    return 0;
}
