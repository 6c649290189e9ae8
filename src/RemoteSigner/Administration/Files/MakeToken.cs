using System.Security.Cryptography;
using RemoteSigner.Audit;
using RemoteSigner.Native;

namespace RemoteSigner.Administration.Files;

/// <summary>
/// Makes the Keymanager API's bearer token anew, 32 random bytes in hex; the former one is void at once. The entry has the hash of it.
/// </summary>
public sealed class MakeToken(string path, SecretArena arena) : FileAct<string>
{
    private const int TokenBytes = 32;

    private readonly byte[] _digits = GC.AllocateUninitializedArray<byte>(2 * TokenBytes, pinned: true);

    public override string Action => AuditActions.KeymanagerToken;

    private protected override string Path => path;

    private protected override ReadOnlyMemory<byte> Content => _digits;

    private protected override string Detail => "made anew; the former one is void";

    internal override string Result => path;

    internal override Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        using var random = arena.Allocate(TokenBytes);
        RandomNumberGenerator.Fill(random.Span);
        _ = Convert.TryToHexStringLower(random.Span, _digits, out _);
        return Task.CompletedTask;
    }

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(_digits);
        base.Dispose();
    }
}
