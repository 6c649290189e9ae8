using RemoteSigner.Sealing;

namespace RemoteSigner.Tests.Administration;

/// <summary>The counter in the TPM that approvals of firmware end by, and whether the vault is in another sealed object.</summary>
internal sealed class RevocationDevice(ActStock stock) : IActDevice
{
    private ulong _count;
    private uint _epoch;

    // No approval from before opens the vault as it is; copies from before still open, and the log says that it was interrupted.
    public string? Silent => "sealed anew, not counted";

    public Task PrepareAsync(ActPlace place) => Task.CompletedTask;

    public async Task BeginAsync(ActPlace place) => (_count, _epoch) = (await CountAsync(place), Vault.List(place.At("vault")).Epoch);

    public async Task<string> StateAsync(ActPlace place) =>
        $"{(Vault.List(place.At("vault")).Epoch > _epoch ? "sealed anew" : "as it was")}, "
        + $"{(await CountAsync(place) > _count ? "counted" : "not counted")}";

    private async Task<ulong> CountAsync(ActPlace place)
    {
        try
        {
            return await stock.CountAsync(place);
        }
        finally
        {
            stock.LetTpmGo();
        }
    }
}
