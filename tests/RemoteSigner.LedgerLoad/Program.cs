using RemoteSigner.LedgerLoad;

// ledger-load crash FILE EPOCH: signs without end from that epoch on, and prints each grant; meant to be killed.
// ledger-load speed FILE: prints the processor time of one decision.
return args switch
{
    ["crash", var file, var epoch] => await CrashLoad.RunAsync(file, ulong.Parse(epoch, System.Globalization.CultureInfo.InvariantCulture)),
    ["speed", var file] => await SpeedLoad.RunAsync(file),
    _ => 2,
};
