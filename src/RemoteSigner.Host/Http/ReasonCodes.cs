namespace RemoteSigner.Host.Http;

/// <summary>
/// The reason codes of answers that belong to no rule: of doors, endpoints and faults of our own. Clients compare them: none may change.
/// Those of bodies are in <see cref="MalformedRequest"/>, those of rules beside the rules. The page <c>docs/integrator/codes.md</c> is made
/// of this file.
/// </summary>
internal static class ReasonCodes
{
    /// <summary><c>distributed</c> in signer.json does not say where the participants are.</summary>
    [Answered("404")]
    public const string AccountNotConfigured = "account_not_configured";

    /// <summary>Not a readable HTTP request; these answers have no body.</summary>
    [Answered("400, 408, 414, 431, 505")]
    public const string BadRequest = "bad_request";

    /// <summary>The request comes from a page in a browser.</summary>
    [Answered("403")]
    public const string BrowserNotWelcome = "browser_not_welcome";

    /// <summary>This endpoint takes a client certificate, and the request came without one.</summary>
    [Answered("403")]
    public const string CertificateRequired = "certificate_required";

    /// <summary>The challenge cannot be read.</summary>
    [Answered("400")]
    public const string ChallengeMalformed = "challenge_malformed";

    /// <summary>The challenge was made for another TPM.</summary>
    [Answered("400")]
    public const string ChallengeOfAnotherTpm = "challenge_of_another_tpm";

    /// <summary>The client is not named in signer.json.</summary>
    [Answered("403")]
    public const string ClientNotNamed = "client_not_named";

    /// <summary>The certificate was revoked, or is not accepted any more.</summary>
    [Answered("403")]
    public const string ClientNotTrusted = "client_not_trusted";

    /// <summary>The signer's clock is in doubt, and the duty is not on record.</summary>
    [Answered("412")]
    public const string ClockInDoubt = "clock_in_doubt";

    /// <summary>The body has a content encoding; send it as it is.</summary>
    [Answered("415")]
    public const string ContentEncoding = "content_encoding";

    /// <summary>Partial signatures that do not verify.</summary>
    [Answered("422")]
    public const string InvalidPartials = "invalid_partials";

    /// <summary>A header's name or value has characters that do not belong there.</summary>
    [Answered("400")]
    public const string HeaderNotPlain = "header_not_plain";

    /// <summary>The host name is not in the allowlist of this listener.</summary>
    [Answered("403")]
    public const string HostNotAuthorized = "host_not_authorized";

    /// <summary>A fault of the signer; find it in its log by the request id.</summary>
    [Answered("500")]
    public const string InternalError = "internal_error";

    /// <summary>The list is given as JSON only.</summary>
    [Answered("406")]
    public const string JsonOnly = "json_only";

    /// <summary>The client's <c>keys</c> do not cover a share of the request.</summary>
    [Answered("403")]
    public const string KeyNotAllowed = "key_not_allowed";

    /// <summary>The keys are not open yet.</summary>
    [Answered("503")]
    public const string KeysLoading = "keys_loading";

    /// <summary>The ledger takes nothing: nothing was signed, or a change may be half done.</summary>
    [Answered("503")]
    public const string LedgerUnavailable = "ledger_unavailable";

    /// <summary>A check of the proposed lock failed; nothing was signed.</summary>
    [Answered("422")]
    public const string LockNotVerified = "lock_not_verified";

    /// <summary><c>manageKeys</c> is not set for this client.</summary>
    [Answered("403")]
    public const string MayNotManageKeys = "may_not_manage_keys";

    /// <summary>The client has no duty in signer.json, so a list of its keys would be wrong.</summary>
    [Answered("403")]
    public const string NoDuties = "no_duties";

    /// <summary>The operator's key is not open yet, or was never imported.</summary>
    [Answered("503")]
    public const string NoOperatorKey = "no_operator_key";

    /// <summary>A nonce is 16 to 64 random bytes in hex.</summary>
    [Answered("400")]
    public const string NonceMalformed = "nonce_malformed";

    /// <summary>Every part verifies and the whole does not: the cluster document contradicts itself.</summary>
    [Answered("422")]
    public const string NotOfGroup = "not_of_group";

    /// <summary>The message cannot exist on this network.</summary>
    [Answered("400")]
    public const string NotOnThisNetwork = "not_on_this_network";

    /// <summary>Another quote is being made: the TPM is slow, and signing may need it.</summary>
    [Answered("429")]
    public const string OneAtATime = "one_at_a_time";

    /// <summary>The duty is too far ahead of the clock.</summary>
    [Answered("412")]
    public const string OutsideSlotWindow = "outside_slot_window";

    /// <summary>Percent signs, dots or a host in the path.</summary>
    [Answered("400")]
    public const string PathNotPlain = "path_not_plain";

    /// <summary>This signer does not use remote keys.</summary>
    [Answered("403")]
    public const string RemotekeysReadOnly = "remotekeys_read_only";

    /// <summary>The signature that was made does not verify, and is not given out.</summary>
    [Answered("500")]
    public const string SignatureFault = "signature_fault";

    /// <summary><c>connect</c> lost the signer before it answered; ask again.</summary>
    [Answered("502")]
    public const string SignerLost = "signer_lost";

    /// <summary><c>connect</c> cannot reach the signer, so it was asked for nothing.</summary>
    [Answered("503")]
    public const string SignerUnreachable = "signer_unreachable";

    /// <summary>The root that the client computed is not that of the message.</summary>
    [Answered("400")]
    public const string SigningRootMismatch = "signing_root_mismatch";

    /// <summary>The history that comes along cannot be taken.</summary>
    [Answered("400")]
    public const string SlashingProtection = "slashing_protection";

    /// <summary><c>ssv</c> of the client does not have this endpoint.</summary>
    [Answered("403")]
    public const string SsvNotAllowed = "ssv_not_allowed";

    /// <summary>The bearer token of the Keymanager API is missing or wrong.</summary>
    [Answered("401")]
    public const string TokenNotValid = "token_not_valid";

    /// <summary>Fewer partial signatures than the threshold.</summary>
    [Answered("422")]
    public const string TooFewPartials = "too_few_partials";

    /// <summary>The length of the body can be read in two ways.</summary>
    [Answered("400")]
    public const string TransferEncoding = "transfer_encoding";

    /// <summary>The length of the body can be read in two ways.</summary>
    [Answered("400")]
    public const string TwoLengths = "two_lengths";

    /// <summary>No OpenAPI document has that name.</summary>
    [Answered("404")]
    public const string UnknownDocument = "unknown_document";

    /// <summary>No such key is open, or this client may not use it.</summary>
    [Answered("404")]
    public const string UnknownKey = "unknown_key";

    /// <summary>Share indices that the cluster does not have.</summary>
    [Answered("422")]
    public const string UnknownShares = "unknown_shares";

    /// <summary>The change was interrupted and may be half done.</summary>
    [Answered("503")]
    public const string VaultUnavailable = "vault_unavailable";
}

/// <summary>The statuses with which a reason code is sent.</summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class AnsweredAttribute(string statuses) : Attribute
{
    public string Statuses => statuses;
}
