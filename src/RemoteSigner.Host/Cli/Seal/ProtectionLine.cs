using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// What this machine's hardware keeps out, and what it does not, for one of three things: what <c>init</c> says at its end, and <c>seal
/// status</c>.
/// </summary>
/// <param name="Of"><c>vault</c>: the shares at rest; <c>history</c>: what was signed; <c>memory</c>: the shares while the signer
/// runs.</param>
/// <param name="From">What it protects from.</param>
/// <param name="NotFrom">What it does not protect from.</param>
internal sealed record ProtectionLine(string Of, string From, string NotFrom)
{
    public override string ToString() => $"{Of}: protected from {From}; not from {NotFrom}";

    /// <summary>
    /// One line for each of the three, by <c>signer.json</c>, the slots of the vault and the memory that this process gets.
    /// </summary>
    /// <exception cref="HsmProfileException">There is no such profile.</exception>
    public static IReadOnlyList<ProtectionLine> AllOf(DataDirectory data, SignerOptions options, VaultListing vault)
    {
        var profile = options.SealsWithTpm ? null : TokenAccess.Profile(data, options.Seal);
        return [OfVault(options, profile, vault), OfHistory(options, profile), OfMemory()];
    }

    // Whoever has one slot's key has the vault, so what every slot keeps out is kept out, and what one of them does not is not.
    private static ProtectionLine OfVault(SignerOptions options, HsmProfile? profile, VaultListing vault)
    {
        var seals = TpmSeal.Of(vault);
        var hasToken = vault.Slots.Any(slot =>
            slot.Type is VaultSlotType.Pkcs11RsaOaepSha256 or VaultSlotType.Pkcs11RsaOaepSha1 or VaultSlotType.Pkcs11AesGcm
        );
        var mayBeInFiles = hasToken && profile is not { DataObjects.Kept: not HsmPlace.Host };
        List<string> from = ["a stolen vault or backup"],
            notFrom = ["root on the running machine"];
        from.AddRange(mayBeInFiles ? [] : ["a stolen disk"]);
        from.AddRange(
            hasToken || seals.Count == 0
                ? []
                :
                [
                    $"firmware and boot settings that PCRs {string.Join(",", options.Tpm.Pcrs)} tell from those approved",
                    "a listener on the TPM's bus",
                ]
        );
        if (seals.Count > 0)
        {
            notFrom.Add("whoever has the release key and the machine");
            notFrom.Add(
                seals.All(seal => seal.WantsPin)
                    ? "whoever has the TPM's PIN and the machine"
                    : "whoever sends commands to the TPM, which asks for no PIN: a device on "
                        + "its bus, or another system that these PCRs accept"
            );
        }

        notFrom.AddRange(hasToken ? ["whoever has a token with a slot, and its PIN"] : []);
        notFrom.AddRange(mayBeInFiles ? ["a stolen disk, as far as the token's files on it open without its hardware"] : []);
        notFrom.AddRange(
            vault.Slots.Any(slot => slot.Type == VaultSlotType.Recovery) ? ["whoever has a recovery key and a copy of the vault"] : []
        );
        return new("vault", Listing(from), Listing(notFrom));
    }

    private static ProtectionLine OfHistory(SignerOptions options, HsmProfile? profile) =>
        options.Anchor switch
        {
            RollbackProtectionOptions.None => new(
                "history",
                "a power cut, and an old copy of the vault alone",
                "an old copy of the data directory: nothing outside it knows what was signed since, and contradicting that is slashed"
            ),
            RollbackProtectionOptions.Tpm => new(
                "history",
                "an old copy of the data directory or of the whole disk: the count in the TPM does not go back",
                "a virtual TPM that is put back together with its machine"
            ),
            _ when profile is { DataObjects.Kept: HsmPlace.Host } => new(
                "history",
                "an old copy of the data directory alone",
                "an old copy of the whole disk: it brings the token's objects along, and nobody notices"
            ),
            _ => new(
                "history",
                "an old copy of the data directory or of the whole disk: the object in the token does not go back with it",
                "a token that is restored from its own backup"
            ),
        };

    private static ProtectionLine OfMemory()
    {
        using var arena = new SecretArena();
        using var probe = arena.Allocate(1);
        return arena.Kind == SecretMemoryKind.SecretMemory
            ? new(
                "memory",
                "swap, core files, other processes, and root who reads this one's memory (memfd_secret)",
                "a changed kernel or program, and hardware that reads memory"
            )
            : new(
                "memory",
                "swap, core files and other users' processes",
                "root, a changed kernel or program, and hardware that reads memory: this kernel gives no secret memory (memfd_secret)"
            );
    }

    private static string Listing(IEnumerable<string> parts) => string.Join("; ", parts);
}
