using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <content>The life of a key: <c>enrolling → active → retiring → retired</c>, or <c>released</c> where it may come in again. Each step is
/// one transaction with its evidence, and may be repeated.</content>
public sealed partial class SlashingProtection
{
    /// <summary>
    /// Takes keys in as far as the ledger goes: history that comes along, low watermarks, validators. All keys, or nothing is kept and all
    /// that were refused are returned. A key that was not active before is <see cref="KeyState.Enrolling"/> then: it signs once
    /// <see cref="TurnAsync"/> says that its share is sealed. Joins the histories of a share key and its group key: the higher of both
    /// low watermarks holds, and every record is kept. Until it has signed, a key that is registered again must be stated as never signed
    /// again.
    /// </summary>
    /// <exception cref="InterchangeContradictionException">The history contradicts what was signed here.</exception>
    /// <exception cref="InterchangeException">The history breaks the format, is for another chain, or reaches beyond its limit.</exception>
    public Task<KeyRegistrationReport> EnrolAsync(KeyRegistration enrolment, EvidenceWriter<KeyRegistrationReport> evidence) =>
        JudgeAsync(enrolment, evidence);

    /// <summary>What <see cref="EnrolAsync"/> would answer: the same, with nothing kept.</summary>
    /// <exception cref="InterchangeContradictionException">The history contradicts what was signed here.</exception>
    /// <exception cref="InterchangeException">The history breaks the format, is for another chain, or reaches beyond its limit.</exception>
    public Task<KeyRegistrationReport> EvaluateRegistrationAsync(KeyRegistration enrolment) => JudgeAsync(enrolment, evidence: null);

    /// <summary>
    /// Lets keys sign whose shares are sealed, and parks in the same transaction those whose place they take: no two shares of one
    /// validator ever sign together. Nothing, and no evidence, where nothing changes.
    /// </summary>
    public Task<KeyTurnover> TurnAsync(KeyTurn turn, EvidenceWriter<KeyTurnover> evidence) =>
        ChangeAsync([.. turn.Arriving, .. turn.Returning, .. turn.Leaving], transaction =>
        {
            var parked = KeyTable.Move(transaction, turn.Leaving, KeyState.Parked, KeyState.Active, KeyState.Enrolling);
            var turnover = new KeyTurnover(
                [
                    .. KeyTable.Move(transaction, turn.Arriving, KeyState.Active, KeyState.Enrolling),
                    .. KeyTable.Move(transaction, turn.Returning, KeyState.Active, KeyState.Parked, KeyState.Exported),
                ],
                parked
            );
            transaction.Forget();
            if (!turnover.IsEmpty)
            {
                evidence.Write(transaction, turnover);
            }

            return turnover;
        });

    /// <summary>
    /// Stops keys from signing whose secrets are about to be handed out: from this transaction on they sign nothing here. Those of them
    /// that signed, or were exported before.
    /// </summary>
    public Task<IReadOnlyList<BlsPublicKey>> ExportKeysAsync(
        IReadOnlyCollection<BlsPublicKey> keys,
        EvidenceWriter<IReadOnlyList<BlsPublicKey>> evidence
    ) => MoveAsync(keys, _ => KeyState.Exported, [KeyState.Exported, KeyState.Active], evidence);

    /// <summary>
    /// Takes exported keys back, of which no copy is left outside: each signs again, unless another share of its validator signs by now, or
    /// is about to; then it is parked.
    /// </summary>
    /// <param name="isSuperseded">Parked in any case.</param>
    public Task<KeyTurnover> EndExportAsync(
        IReadOnlyCollection<BlsPublicKey> keys,
        bool isSuperseded,
        EvidenceWriter<KeyTurnover> evidence
    ) => ChangeAsync(keys, transaction =>
        {
            List<BlsPublicKey> activated = [],
                parked = [];
            foreach (var key in keys)
            {
                var (moved, to) =
                    !isSuperseded && SignBeside(transaction, key).Count == 0 ? (activated, KeyState.Active) : (parked, KeyState.Parked);
                moved.AddRange(KeyTable.Move(transaction, [key], to, KeyState.Exported));
            }

            transaction.Forget();
            var turnover = new KeyTurnover(activated, parked);
            if (!turnover.IsEmpty)
            {
                evidence.Write(transaction, turnover);
            }

            return turnover;
        });

    /// <summary>
    /// Stops keys from signing, and keeps their history and watermarks: they are <see cref="KeyState.Retiring"/>, or
    /// <see cref="KeyState.Releasing"/>, until their shares are out of the vault. Those of them that could sign, were about to, were parked
    /// or exported. An exported one retires whatever is asked for: somebody else may have it.
    /// </summary>
    public Task<IReadOnlyList<BlsPublicKey>> RetireAsync(
        IReadOnlyCollection<BlsPublicKey> keys,
        KeyEnd end,
        EvidenceWriter<IReadOnlyList<BlsPublicKey>> evidence
    ) =>
        MoveAsync(
            keys,
            from => end == KeyEnd.Retired || from == KeyState.Exported ? KeyState.Retiring : KeyState.Releasing,
            [KeyState.Active, KeyState.Enrolling, KeyState.Parked, KeyState.Exported],
            evidence
        );

    /// <summary>Ends the life of keys whose shares are out of the vault. Those of them that were on their way.</summary>
    public Task<IReadOnlyList<BlsPublicKey>> FinishRetiringAsync(
        IReadOnlyCollection<BlsPublicKey> keys,
        EvidenceWriter<IReadOnlyList<BlsPublicKey>> evidence
    ) =>
        MoveAsync(
            keys,
            from => from == KeyState.Retiring ? KeyState.Retired : KeyState.Released,
            [KeyState.Retiring, KeyState.Releasing],
            evidence
        );

    /// <summary>Lets a key that was retired for good be brought in again, with the history it has. Empty when it is no such key.</summary>
    public Task<IReadOnlyList<BlsPublicKey>> AllowAgainAsync(
        BlsPublicKey publicKey,
        EvidenceWriter<IReadOnlyList<BlsPublicKey>> evidence
    ) => MoveAsync([publicKey], _ => KeyState.Released, [KeyState.Retired], evidence);

    /// <summary>The other share keys of the same validator, by its history, that sign or are about to; within work of the caller.</summary>
    public static IReadOnlyList<BlsPublicKey> SignBeside(LedgerTransaction transaction, BlsPublicKey key) =>
        [
            .. KeyTable
                .Beside(transaction, key)
                .Where(other => other.State is KeyState.Active or KeyState.Enrolling)
                .Select(other => other.Key),
        ];

    /// <summary>Those of the keys whose validator has another share that signs, beyond <paramref name="leaving"/>.</summary>
    public Task<IReadOnlyList<BlsPublicKey>> GetKeysWithSigningSiblingAsync(
        IReadOnlyCollection<BlsPublicKey> keys,
        IReadOnlyCollection<BlsPublicKey> leaving
    ) =>
        _ledger.ReadAsync<IReadOnlyList<BlsPublicKey>>(transaction =>
            [
                .. keys.Where(key =>
                    KeyTable.Beside(transaction, key).Any(other => other.State == KeyState.Active && !leaving.Contains(other.Key))
                ),
            ]
        );

    /// <summary>Every public key that is known here, share keys and group keys, and what it may do.</summary>
    public Task<IReadOnlyDictionary<BlsPublicKey, KeyState>> GetKeyStatesAsync() =>
        _ledger.ReadAsync<IReadOnlyDictionary<BlsPublicKey, KeyState>>(KeyTable.States);

    /// <summary>The same of some; one that is not known here is left out.</summary>
    public Task<IReadOnlyDictionary<BlsPublicKey, KeyState>> GetKeyStatesAsync(IReadOnlyCollection<BlsPublicKey> keys) =>
        _ledger.ReadAsync<IReadOnlyDictionary<BlsPublicKey, KeyState>>(transaction =>
        {
            var states = new Dictionary<BlsPublicKey, KeyState>();
            foreach (var key in keys)
            {
                if (KeyTable.Find(transaction, key) is var (_, state, _))
                {
                    states[key] = state;
                }
            }

            return states;
        });

    /// <summary>The keys of which it may have changed what they may do.</summary>
    public KeyChangeLog KeyChanges { get; } = new();

    // They are noted whatever became of it: after a failure nobody knows.
    private async Task<T> ChangeAsync<T>(IReadOnlyCollection<BlsPublicKey>? keys, Func<LedgerTransaction, T> work)
    {
        try
        {
            return await _ledger.WriteAsync(work);
        }
        finally
        {
            KeyChanges.Note(keys);
        }
    }

    // Without evidence nothing is kept.
    private async Task<KeyRegistrationReport> JudgeAsync(KeyRegistration enrolment, EvidenceWriter<KeyRegistrationReport>? evidence)
    {
        await _maintenance.WaitAsync();
        try
        {
            var staged = enrolment.History is { } history ? await StageAnewAsync(history) : null;
            if (staged is not null && enrolment.Keys.Count > InterchangeImport.KeysGatheredOneByOne)
            {
                await GatherAllAsync();
            }

            return await ChangeAsync(
                staged is not null && enrolment.Terms.Only is null
                    ? null
                    :
                    [
                        .. enrolment.Keys.SelectMany(one =>
                            one.Key.GroupKey is { } group ? (BlsPublicKey[])[one.Key.PublicKey, group] : [one.Key.PublicKey]
                        ),
                        .. enrolment.Terms.Only ?? (IEnumerable<BlsPublicKey>)[],
                    ],
                transaction =>
                {
                    var report = transaction.Attempt(
                        () => Enrol(transaction, enrolment, staged),
                        kept => evidence is not null && kept.Refused.Count == 0
                    );
                    transaction.Forget();
                    if (report.Refused.Count == 0)
                    {
                        evidence?.Write(transaction, report);
                    }

                    return report;
                }
            );
        }
        finally
        {
            _maintenance.Release();
        }
    }

    private KeyRegistrationReport Enrol(LedgerTransaction transaction, KeyRegistration enrolment, StagedFile? staged)
    {
        var told = staged is null ? null : TakeStaged(transaction, staged, enrolment.Terms);
        return new KeyRegistrationReport(KeyRegistering.Enrol(transaction, enrolment), told);
    }

    private Task<IReadOnlyList<BlsPublicKey>> MoveAsync(
        IReadOnlyCollection<BlsPublicKey> keys,
        Func<KeyState, KeyState> to,
        KeyState[] from,
        EvidenceWriter<IReadOnlyList<BlsPublicKey>> evidence
    ) => ChangeAsync(keys, transaction =>
        {
            IReadOnlyList<BlsPublicKey> moved = [.. from.SelectMany(state => KeyTable.Move(transaction, keys, to(state), state))];
            transaction.Forget();
            if (moved.Count > 0)
            {
                evidence.Write(transaction, moved);
            }

            return moved;
        });

    /// <summary>
    /// Moves all granted votes to where they lie by validator, some validators at a time, so that signing goes on and whoever rewrites all
    /// histories finds little left to move.
    /// </summary>
    private async Task GatherAllAsync()
    {
        var validators = await _ledger.ReadAsync(KeyTable.All);
        foreach (var lot in validators.Select(key => key.Validator).Distinct().Chunk(ValidatorsPerLot))
        {
            await WriteAsync(transaction => RecentVotes.Gather(transaction, lot[0], lot[^1]));
        }
    }

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
