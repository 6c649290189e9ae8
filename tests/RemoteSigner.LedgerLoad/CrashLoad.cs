using System.Globalization;
using RemoteSigner.Slashing;

namespace RemoteSigner.LedgerLoad;

/// <summary>
/// Two callers for each of eight validators ask for conflicting votes, epoch after epoch; every grant is printed once it is given.
/// </summary>
internal static class CrashLoad
{
    private const int Validators = 8;

    public static async Task<int> RunAsync(string file, ulong epoch)
    {
        await using var signer = await LoadSigner.OpenAsync(file, Validators);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var shared = TextWriter.Synchronized(output);
        await Task.WhenAll(
            Enumerable.Range(0, Validators * 2).Select(i => Task.Run(() => SignAsync(signer, i / 2, (byte)(i % 2), epoch, shared)))
        );
        return 0;
    }

    private static async Task SignAsync(LoadSigner signer, int validator, byte head, ulong epoch, TextWriter output)
    {
        var key = LoadSigner.Key(validator);
        for (; ; epoch++)
        {
            var vote = LoadSigner.Vote(epoch, head);
            if (await signer.RequestAsync(key, vote) is PermitDecision.Granted granted)
            {
                output.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{validator} {vote.Vote.Target.Epoch} {granted.Permit.SigningRoot}")
                );
            }
        }
    }
}
