using System.Text.Json.Serialization;
using RemoteSigner.Host.Cli;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Connect;
using RemoteSigner.Host.Control;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Http.Distributed;
using RemoteSigner.Host.Http.Dv;
using RemoteSigner.Host.Running;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Tests.Golden;

/// <summary>
/// Every JSON document that a serialiser makes or reads, by who prints it or asks for it. A new one fails here until it has a name.
/// </summary>
public sealed class JsonShapeTests
{
    [Fact]
    public void What_commands_print_with_json() =>
        Hold(
            "json-commands.txt",
            CliContext.Default,
            new()
            {
                [typeof(RegistrationReport)] = "seal enrol",
                [typeof(IReadOnlyList<KeyLine>)] = "keys list",
                [typeof(DryRun)] = "keys import --dry-run",
                [typeof(IReadOnlyList<ValidatorLine>)] = "slashing status",
                [typeof(IReadOnlyList<ImportLine>)] = "slashing import",
                [typeof(IReadOnlyList<PruneLine>)] = "slashing prune",
                [typeof(SealLine)] = "seal status",
                [typeof(RekeyLine)] = "seal rekey",
                [typeof(AuditLine)] = "audit verify",
                [typeof(RollbackProtectionLine)] = "rollback-protection status",
                [typeof(EvidenceLine)] = "attest verify",
                [typeof(TpmProvisionLine)] = "tpm provision",
                [typeof(TpmStatusLine)] = "tpm status",
                [typeof(TpmApprovalLine)] = "tpm approve",
                [typeof(ClusterLine)] = "cluster verify",
                [typeof(ClusterImportLine)] = "cluster import",
                [typeof(IReadOnlyList<HeldClusterLine>)] = "cluster list",
                [typeof(ShownCluster)] = "cluster show",
                [typeof(NimbusKeystore)] = "cluster show --nimbus",
                [typeof(PolicyLine)] = "policy explain",
                [typeof(KeysharesLine)] = "cluster verify of keyshares",
                [typeof(OperatorLine)] = "operator show",
                [typeof(IReadOnlyList<SignerCheck>)] = "keymanager check",
                [typeof(IReadOnlyList<TlsLine>)] = "tls status",
                [typeof(PartialsLine)] = "cluster complete",
            }
        );

    [Fact]
    public void What_commands_write_for_the_chain() =>
        Hold(
            "json-chain-documents.txt",
            ChainContext.Default,
            new()
            {
                [typeof(SignedExitDocument)] = "voluntary exit",
                [typeof(IReadOnlyList<SignedRegistrationDocument>)] = "builder registrations",
                [typeof(IReadOnlyList<RegistrationOverrideDocument>)] = "builder registrations for Charon",
                [typeof(IReadOnlyList<DepositDataDocument>)] = "deposit data",
            }
        );

    [Fact]
    public void What_travels_over_the_control_socket() =>
        Hold(
            "json-control-socket.txt",
            ControlContext.Default,
            new()
            {
                [typeof(SlashingStatus)] = "slashing status",
                [typeof(IReadOnlyList<PruneLine>)] = "slashing prune",
                [typeof(AuditLine)] = "audit verify",
                [typeof(RollbackProtectionLine)] = "rollback-protection status",
                [typeof(RegistrationReport)] = "seal enrol",
                [typeof(RekeyOrder)] = "seal rekey, asked for",
                [typeof(RekeyLine)] = "seal rekey, done",
                [typeof(ClusterOrder)] = "cluster import, asked for",
                [typeof(ClusterImportLine)] = "cluster import, done",
                [typeof(ClusterReversion)] = "cluster revert",
                [typeof(ExportVoided)] = "cluster export, voided",
                [typeof(IReadOnlyList<HeldClusterLine>)] = "cluster list",
                [typeof(IReadOnlyList<KeyLine>)] = "keys list",
                [typeof(TlsChange)] = "tls, asked for",
                [typeof(TlsKept)] = "tls, done",
                [typeof(ControlFault)] = "refusal",
                [typeof(ControlCount)] = "count",
                [typeof(KeysImported)] = "keys import",
                [typeof(ImportQuestion)] = "keys import --dry-run, asked for",
                [typeof(ImportOutlook)] = "keys import --dry-run, told",
            }
        );

    [Fact]
    public void What_every_API_answers() =>
        Hold(
            "json-http.txt",
            WireContext.Default,
            new()
            {
                [typeof(ErrorBody)] = "any error",
                [typeof(string[])] = "GET /api/v1/eth2/publicKeys",
                [typeof(HealthReport)] = "GET /healthcheck",
                [typeof(ReloadReport)] = "/reload",
                [typeof(HighWatermarkBody)] = "GET /api/v1/eth2/highWatermark",
            }
        );

    [Fact]
    public void What_a_batch_answers() =>
        Hold("json-batch.txt", SignBatchContext.Default, new() { [typeof(SignBatchError)] = "an order that was refused" });

    [Fact]
    public void What_the_API_for_middleware_answers() =>
        Hold(
            "json-dv.txt",
            DvContext.Default,
            new()
            {
                [typeof(DvValidatorList)] = "validators",
                [typeof(DvEvaluation)] = "evaluate",
                [typeof(DvCombined)] = "combine",
                [typeof(DvCombineError)] = "combine, refused",
                [typeof(DvLockSignatures)] = "lock",
                [typeof(DvLockError)] = "lock, refused",
            }
        );

    [Fact]
    public void What_the_distributed_profile_answers() =>
        Hold(
            "json-distributed.txt",
            DistributedContext.Default,
            new()
            {
                [typeof(Account)] = "one account",
                [typeof(IReadOnlyList<Account>)] = "accounts",
                [typeof(PartialSigningResponse)] = "signature",
            }
        );

    [Fact]
    public void What_may_stand_in_signer_json() =>
        Hold("json-signer-options.txt", SignerOptionsContext.Default, new() { [typeof(SignerOptions)] = "signer.json" });

    [Fact]
    public void What_may_stand_in_an_HSM_profile() =>
        Hold("json-hsm-profile.txt", HsmProfileJson.Default, new() { [typeof(HsmProfile)] = "HSM profile" });

    [Fact]
    public void What_firmware_approvals_are() =>
        Hold(
            "json-firmware-approvals.txt",
            ApprovalContext.Default,
            new() { [typeof(ApprovalText)] = "approval", [typeof(RequestText)] = "request" }
        );

    [Fact]
    public void What_remote_attestation_exchanges() =>
        Hold(
            "json-attestation.txt",
            AttestationContext.Default,
            new()
            {
                [typeof(Evidence)] = "evidence",
                [typeof(GoldenValues)] = "golden values",
                [typeof(CredentialChallenge)] = "challenge",
                [typeof(CredentialAnswer)] = "answer",
                [typeof(PendingBinding)] = "pending binding",
                [typeof(TrustedKeys)] = "trusted keys",
            }
        );

    private static void Hold(string file, JsonSerializerContext context, Dictionary<Type, string> names)
    {
        var known = context
            .GetType()
            .GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
            .Select(attribute => (Type)attribute.ConstructorArguments[0].Value!)
            .ToHashSet();

        Assert.Empty(known.Except(names.Keys));
        Assert.Empty(names.Keys.Except(known));
        GoldenFile.Holds(
            file,
            names
                .OrderBy(named => named.Value, StringComparer.Ordinal)
                .SelectMany(named => JsonShape.Of(named.Value, context.GetTypeInfo(named.Key)!))
        );
    }
}
