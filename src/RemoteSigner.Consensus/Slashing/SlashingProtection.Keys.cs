using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Consensus.Slashing;

public sealed partial class SlashingProtection
{
    /// <summary>
    /// Lets these keys sign, as far as their history allows; needed once per key. All in one transaction: null when every one is active, else nothing
    /// of any is kept and the first that was refused is returned. Joins the histories of a share key and its group key: the higher of both floors
    /// holds, and every record is kept. Until it has signed, a key that is registered again must be stated as never signed again.
    /// </summary>
    public async Task<RefusedRegistration?> RegisterAllAsync(IReadOnlyCollection<ProtectedKey> keys, SlashingFloor floor) =>
        await EnrolAsync(new KeyEnrolment([.. keys.Select(key => (key, floor))])) is [var first, ..] ? first : null;

    /// <summary>
    /// The same with a floor for each key, with the history that comes along and with what else must happen or fail together with it. Empty when every key is active;
    /// else all that were refused, and nothing was kept.
    /// </summary>
    /// <exception cref="InterchangeException">The history breaks the format or is for another chain.</exception>
    public async Task<IReadOnlyList<RefusedRegistration>> EnrolAsync(KeyEnrolment enrolment)
    {
        await _maintenance.WaitAsync();
        try
        {
            var chain = enrolment.History is { } history ? await StageAnewAsync(history) : (Root?)null;
            return await _ledger.WriteAsync(transaction =>
            {
                var refused = KeyRegister.EnrolAll(transaction, enrolment, _ => TakeStaged(transaction, chain));
                transaction.Forget();
                if (refused.Count == 0)
                {
                    enrolment.Seal?.Invoke(transaction);
                }

                return refused;
            });
        }
        finally
        {
            _maintenance.Release();
        }
    }

    /// <summary>The same for one key.</summary>
    public async Task<Registration> RegisterAsync(ProtectedKey key, SlashingFloor floor) =>
        (await RegisterAllAsync([key], floor))?.Reason ?? new Registration.Active();

    /// <summary>Every public key that is known here, share keys and group keys, and what it may do.</summary>
    public Task<IReadOnlyDictionary<BlsPublicKey, KeyState>> GetKeyStatesAsync() => _ledger.WriteAsync<IReadOnlyDictionary<BlsPublicKey, KeyState>>(transaction =>
    {
        var states = new Dictionary<BlsPublicKey, KeyState>();
        var rows = transaction.Statement("SELECT key, state FROM public_key");
        while (rows.Step())
        {
            states.Add(new BlsPublicKey(rows.Blob(0)), (KeyState)rows.Number(1));
        }

        return states;
    });

    /// <summary>Stops a key from signing, and keeps its history and watermarks. False when the key is not known.</summary>
    public Task<bool> RetireAsync(BlsPublicKey publicKey) => ChangeStateAsync(publicKey, KeyState.Retired);

    /// <summary>Lets a retired key sign again, with the history it had. False when the key is not known.</summary>
    public Task<bool> EnableAsync(BlsPublicKey publicKey) => ChangeStateAsync(publicKey, KeyState.Active);

    private void TakeStaged(LedgerTransaction transaction, Root? chain)
    {
        if (chain is { } known)
        {
            RequireChain(transaction, known);
            InterchangeImport.Take(transaction, known, InterchangeReading.FloorsAtLowest);
            InterchangeStage.Clear(transaction);
        }
    }

    private Task<bool> ChangeStateAsync(BlsPublicKey publicKey, KeyState state) => _ledger.WriteAsync(transaction =>
    {
        transaction.Forget();
        return transaction.Statement("UPDATE public_key SET state = ?2 WHERE key = ?1 AND is_group = 0 AND state <> 0")
            .Bind(1, publicKey.Bytes).Bind(2, (long)state)
            .Execute() > 0;
    });

    /// <summary>Work that rewrites history: alone among its kind, and with nothing remembered afterwards.</summary>
    private async Task<T> MaintainAsync<T>(Func<LedgerTransaction, T> work)
    {
        await _maintenance.WaitAsync();
        try
        {
            return await _ledger.WriteAsync(transaction =>
            {
                var result = work(transaction);
                transaction.Forget();
                return result;
            });
        }
        finally
        {
            _maintenance.Release();
        }
    }
}
