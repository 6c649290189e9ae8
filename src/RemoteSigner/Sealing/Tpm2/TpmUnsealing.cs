using RemoteSigner.Native;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// One unsealing: chooses the approval for the PCRs as they are, runs its policy and takes the root key straight into secret memory.
/// </summary>
internal sealed class TpmUnsealing(SealingTpm device, Tpm tpm, PinnedKey root, TpmSlot slot, TpmPin pin)
{
    // One in ten openings met such a change near the start of a machine in the field; systemd gives up after as many.
    private const int MaxAttempts = 30;

    private const string ApproveHint =
        "approve what runs now, if it is what should run: 'remote-signer tpm approve'; 'remote-signer tpm status' compares";

    public SecretBytes Run(ReadOnlySpan<byte> context, SecretArena arena)
    {
        if (slot.WantsPin)
        {
            device.RequireKnown(root.Name);
        }

        using var release = ReleaseKey.FromPoint(slot.ReleasePoint);
        var reference = TpmSlot.ReferenceOf(context, slot.Plan.Nonce);
        var approval = Choose(release, reference);

        // What is loaded is encrypted already, and the storage root key's authorization is empty: a session would hide nothing. Should
        // somebody on the bus load another object, the unsealing, which names this one, fails.
        using var item = tpm.Load(root, TpmPassword.Empty, slot.Item);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var policy = tpm.StartPolicySession(root);
                Satisfy(policy, approval, release);
                return Unseal(item, policy, arena);
            }
            catch (TpmException e) when (IsOfChangedPcrs(e))
            {
                // The TPM counts the changes of all PCRs, also of those that no approval is about: whether what was approved still holds
                // the PCRs themselves say.
                approval =
                    attempt < MaxAttempts
                        ? Choose(release, reference)
                        : throw new SealingTpmException(
                            SealingTpmFault.Busy,
                            $"PCRs were extended in the middle of each of {attempt} attempts to open the vault",
                            "the signer tries again by itself; look for what measures into the TPM all the time",
                            e
                        );
            }
        }
    }

    private static bool IsOfChangedPcrs(TpmException e) =>
        e is { Rc: TpmRc.PCR_CHANGED } or { Rc: TpmRc.VALUE, Command: TpmCc.PolicyAuthorize };

    private TpmApproval Choose(ReleaseKey release, byte[] reference)
    {
        var valid = device
            .Approvals.Read()
            .Select(entry => entry.Approval)
            .OfType<TpmApproval>()
            .Where(approval =>
                approval.Vault.AsSpan().SequenceEqual(reference) && approval.Revocation == slot.Revocation && approval.IsSignedBy(release)
            )
            .ToList();
        if (valid.Count == 0)
        {
            throw new SealingTpmException(
                SealingTpmFault.NotApproved,
                $"no approval in {device.Approvals.Path} is for this vault as it is sealed now and signed by its release key",
                ApproveHint
            );
        }

        var now = valid.Select(approval => approval.Pcrs).Distinct().ToDictionary(pcrs => pcrs, pcrs => tpm.PcrRead(pcrs).Digest());
        return valid.Where(approval => approval.PcrDigest.AsSpan().SequenceEqual(now[approval.Pcrs])).MaxBy(approval => approval.AtMost)
            ?? throw WrongPcrs(valid, now);
    }

    private static SealingTpmException WrongPcrs(IEnumerable<TpmApproval> approvals, Dictionary<TpmlPcrSelection, byte[]> now) =>
        new(
            SealingTpmFault.WrongPcrs,
            "the machine's measurements are none that were approved: "
                + $"{string.Join("; ", now.Select(pcrs => $"PCRs {pcrs.Key} are {Convert.ToHexStringLower(pcrs.Value)} now"))}, approved: "
                + string.Join(", ", approvals.Select(approval => $"{Convert.ToHexStringLower(approval.PcrDigest)} ({approval.Label})")),
            $"other firmware, another boot loader or other Secure Boot settings run; {ApproveHint}"
        );

    private void Satisfy(TpmSession policy, TpmApproval approval, ReleaseKey release)
    {
        try
        {
            tpm.PolicyPcr(policy, approval.Pcrs);
            tpm.PolicyNv(
                policy,
                RevocationCounter.At(approval.Revocation),
                TpmPassword.Empty,
                RevocationCounter.Operand(approval.AtMost),
                0,
                TpmEo.UnsignedLessOrEqual
            );
            using var key = tpm.LoadExternal(release.Public);
            var ticket = tpm.VerifySignature(key, approval.Policy.ApprovalDigest(approval.Vault), approval.Signature);
            tpm.PolicyAuthorize(policy, approval.Policy, approval.Vault, release.Name, ticket);
            if (slot.WantsPin)
            {
                tpm.PolicyAuthValue(policy);
                policy.SetAuthValue(pin.Get().Span);
            }
        }
        catch (TpmException e) when (e.Rc == TpmRc.POLICY)
        {
            throw Revoked($"the approval '{approval.Label}' was revoked: the TPM's counter has passed {approval.AtMost}", e);
        }
        catch (TpmException e) when (e is { Rc: TpmRc.HANDLE, Command: TpmCc.PolicyNV })
        {
            throw Revoked($"the revocation counter {FirmwareApprovalJson.Handle(approval.Revocation)} is gone from the TPM", e);
        }
    }

    private SecretBytes Unseal(TpmObject item, TpmSession policy, SecretArena arena)
    {
        var rootKey = arena.Allocate(SlotContext.RootKeyLength);
        try
        {
            UnsealInto(rootKey, item, policy);
            return rootKey;
        }
        catch
        {
            rootKey.Dispose();
            throw;
        }
    }

    private void UnsealInto(SecretBytes rootKey, TpmObject item, TpmSession policy)
    {
        try
        {
            if (tpm.Unseal(item, policy, rootKey.Span) != rootKey.Length)
            {
                throw new SealingTpmException(
                    SealingTpmFault.SealTampered,
                    "what the TPM unsealed is no root key",
                    "restore the vault from a backup, and find out who changed it"
                );
            }
        }
        catch (TpmException e) when (e.Rc is TpmRc.BAD_AUTH or TpmRc.AUTH_FAIL && slot.WantsPin)
        {
            pin.Refuse();
            throw new SealingTpmException(
                SealingTpmFault.WrongPin,
                $"the {device.Description} refused the PIN",
                "correct the PIN where tpm.pin says, then reload, or restart where the keys were never open: each wrong one counts",
                e
            );
        }
        catch (TpmException e) when (e.Rc is TpmRc.POLICY_FAIL)
        {
            throw new SealingTpmException(
                SealingTpmFault.SealTampered,
                $"the sealed object wants another policy than its slot says: {e.Message}",
                "restore the vault from a backup, and find out who changed it",
                e
            );
        }
    }

    private static SealingTpmException Revoked(string what, TpmException cause) =>
        new(
            SealingTpmFault.Revoked,
            $"the vault does not open: {what}",
            "approve what runs now with the present count, if it is what should run: 'remote-signer tpm approve'",
            cause
        );
}
