namespace RemoteSigner.Tests.Administration;

/// <summary>The counter in the TPM that approvals of firmware end by.</summary>
internal sealed class RevocationDevice(ActStock stock) : IActDevice
{
    private ulong _count;

    public string? Silent => null;

    public Task PrepareAsync(ActPlace place) => Task.CompletedTask;

    public async Task BeginAsync(ActPlace place) => _count = await CountAsync(place);

    public async Task<string> StateAsync(ActPlace place) => $"raised {await CountAsync(place) - _count}";

    private async Task<ulong> CountAsync(ActPlace place)
    {
        try
        {
            return (await stock.RevocationAsync(place)).Approval.AtMost;
        }
        finally
        {
            stock.LetTpmGo();
        }
    }
}
