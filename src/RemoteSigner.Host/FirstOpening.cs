using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host;

/// <summary>
/// The first opening of the vault in a run: the start protocol with the anchor that signer.json names, or what the ledger alone says where
/// there is none.
/// </summary>
internal sealed class FirstOpening(
    RollbackAnchors anchors,
    Fence fence,
    LedgerSnapshot found,
    SlashingProtection slashing,
    AuditLog audit,
    TimeProvider time,
    ILogger<FirstOpening> log
)
{
    private readonly StartEntries _entries = StartLog.Entries(audit);
    private IRollbackAnchor? _anchor;
    private StartProtocol? _protocol;
    private volatile bool _serves;

    /// <summary>False until it was judged, and where nothing is signed in this run.</summary>
    public bool Serves => _serves;

    /// <summary>Judges what was found, and opens the fence or refuses.</summary>
    /// <returns>The anchor; null where nothing is signed because of what the ledger alone says, or where the operator has none.</returns>
    /// <exception cref="RollbackAnchorException">The anchor failed; call it again.</exception>
    public async Task<IRollbackAnchor?> StartAsync(Vault vault)
    {
        if (_protocol is null)
        {
            // Before the anchor is asked, which lies in the TPM of the vault that the ledger remembers.
            if (VaultRules.RefusalOfAnother(found.Vault, vault.Anchor) is { } another)
            {
                fence.Refuse(another);
                await RefuseAsync(new StartDecision.Refuse(another));
                return null;
            }

            var keys = await ChooseKeysAsync(vault);
            if (anchors.Open(vault.Contents.VaultId, keys) is not { } anchor)
            {
                keys.Dispose();
                if (SwitchOff(vault) is { } decided)
                {
                    await RefuseAsync(decided);
                    return null;
                }

                _serves = true;
                log.LogWarning(
                    "there is no fence: signer.json says rollbackProtection.anchor none, so an old copy of the ledger would not be noticed"
                );
                return null;
            }

            _anchor = anchor;
            _protocol = new StartProtocol(
                anchor,
                keys,
                slashing,
                found.With(vault.Anchor) with
                {
                    Ledger = await slashing.GetStartAsync(),
                },
                _entries,
                time
            );
        }

        var decision = await _protocol.RunAsync(fence, CancellationToken.None);
        _serves = decision is not StartDecision.Refuse;
        Tell(decision, await slashing.WatchLowWatermarkAsync());
        if (fence.State.Rollback is { } rollback)
        {
            log.LogWarning("{Rollback}", rollback);
        }

        return _anchor;
    }

    private async Task RefuseAsync(StartDecision.Refuse decision)
    {
        await _entries.RefuseAsync(decision.Refusal);
        Tell(decision, null);
    }

    // Those of the root key before the present one only where a start with its fence is refused: the reason is told then.
    private async Task<FenceKeys> ChooseKeysAsync(Vault vault)
    {
        var (keys, former) = (vault.DeriveFenceKeys(), vault.DeriveFormerFenceKeys());
        var isNext = true;
        try
        {
            isNext =
                former is null
                || anchors.Open(vault.Contents.VaultId, keys) is null
                || await anchors.SuccessionOf(vault, former, keys).RunAsync(found.With(vault.Anchor), CancellationToken.None);
            return isNext ? keys : former!;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
        finally
        {
            (isNext ? former : keys)?.Dispose();
        }
    }

    // Without an anchor the ledger alone knows its vault.
    private StartDecision.Refuse? SwitchOff(Vault vault)
    {
        if (VaultRules.Refusal(found.Vault, vault.Anchor) is not { } refusal)
        {
            return fence.SwitchOff(found.Start);
        }

        fence.Refuse(refusal);
        return new StartDecision.Refuse(refusal);
    }

    private void Tell(StartDecision decision, GlobalLowWatermark? standing)
    {
        switch (decision)
        {
            case StartDecision.Serve:
                log.LogInformation("the ledger is the one that was stopped; the fence stands at epoch {Fence}", fence.State.Bounds?.Fence);
                break;
            case StartDecision.RaiseLowWatermarks(var raised) when standing is null || standing.Fence < raised.Fence:
                log.LogWarning(
                    "{Reason}; its history reaches as far as that of the one that was stopped, so each key stands at its newest numbers",
                    raised.Reason
                );
                break;
            case StartDecision.RaiseLowWatermarks when standing is { } lowWatermark:
                log.LogWarning(
                    "nothing before epoch {Fence} is signed with any key, and no vote with a source before epoch {Source}: {Reason}",
                    lowWatermark.Fence,
                    lowWatermark.LowestSource,
                    lowWatermark.Reason
                );
                break;
            case StartDecision.Refuse(var refusal):
                log.LogCritical("nothing is signed: {Detail}; {Hint}", refusal.Detail, refusal.Hint);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
