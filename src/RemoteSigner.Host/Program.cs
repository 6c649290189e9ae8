using RemoteSigner.Host.Cli;
using RemoteSigner.Native;

// Before anything secret is read: no core file, no debugger.
ProcessHardening.Apply();
return await CommandLine.RunAsync(args);
