using RemoteSigner.Administration;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Control;
using RemoteSigner.Host.Running;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Http;

/// <summary>The verbs on the signer that runs, for whoever is at the other end of the control socket.</summary>
internal sealed class ConsoleVerbs(
    Administrator administrator,
    Ledger ledger,
    SlashingProtection slashing,
    SignerOptions options,
    DataDirectory data,
    SealedKeys keys,
    Reloading reloading
)
{
    public DirectVerbs Of(Actor actor) =>
        new(
            new KeyVerbs(administrator, actor, slashing, data, keys.List, keys.Arena, DerivationLoan.BesideDuties),
            new ClusterVerbs(administrator, actor, slashing, options, data, keys.Arena) { Loan = DerivationLoan.BesideDuties },
            new TlsVerbs(administrator, actor, data, async () => (await reloading.ReloadAsync()).LastError),
            new HistoryVerbs(administrator, actor, slashing, options),
            new AuditVerbs(administrator, actor, ledger),
            new SealVerbs(administrator, actor, options, () => keys, _ => { }),
            owned: null
        );
}
