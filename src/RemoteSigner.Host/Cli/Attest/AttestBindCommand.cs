using System.CommandLine;
using RemoteSigner.Native;
using RemoteSigner.RemoteAttestation;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>attest challenge</c> and <c>attest bind</c>: prove once that a machine's attestation key lives in the TPM of its endorsement key.
/// </summary>
internal static class AttestBindCommand
{
    public static Command CreateChallenge()
    {
        var document = new Argument<string>("EVIDENCE") { Description = "what GET /attestation answered" };
        var challengeFile = new Option<string>("--challenge")
        {
            Description = "write the challenge here, for POST /attestation/credential of the signer",
            HelpName = "FILE",
            Required = true,
        };
        var pendingFile = new Option<string>("--pending")
        {
            Description = "write here what 'attest bind' needs to know the answer again; it stays with the verifier",
            HelpName = "FILE",
            Required = true,
        };
        var roots = new Option<string?>("--ek-roots")
        {
            Description = "make it only for an endorsement key that one of these authorities certified",
            HelpName = "PEM",
        };
        var command = new Command("challenge", "Make a challenge that only the TPM of the evidence's endorsement key can answer")
        {
            document,
            challengeFile,
            pendingFile,
            roots,
        };
        command.SetAction(
            (parsed, _) =>
            {
                var evidence = AttestCommand.ReadWhole(parsed.GetValue(document)!, parsed.GetValue(roots));
                var (challenge, pending) = CredentialChallenge.About(evidence);
                DurableFile.Replace(parsed.GetValue(pendingFile)!, RemoteAttestationDocuments.Write(pending));
                DurableFile.Replace(parsed.GetValue(challengeFile)!, RemoteAttestationDocuments.Write(challenge));
                return Task.FromResult(0);
            }
        );
        return command;
    }

    public static Command CreateBind()
    {
        var pendingFile = new Argument<string>("PENDING") { Description = "what 'attest challenge' kept" };
        var answerFile = new Argument<string>("ANSWER") { Description = "what POST /attestation/credential answered" };
        var trustFile = new Option<string>("--out")
        {
            Description = "write the keys here, for 'attest verify --trust'",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("bind", "Compare the answer and write down which keys belong together")
        {
            pendingFile,
            answerFile,
            trustFile,
        };
        command.SetAction(
            (parsed, _) =>
            {
                var pending = RemoteAttestationDocuments.ReadPending(BoundedFile.ReadAllBytes(parsed.GetValue(pendingFile)!));
                var answer = RemoteAttestationDocuments.ReadAnswer(BoundedFile.ReadAllBytes(parsed.GetValue(answerFile)!));
                DurableFile.Replace(parsed.GetValue(trustFile)!, RemoteAttestationDocuments.Write(pending.Settle(answer)));
                return Task.FromResult(0);
            }
        );
        return command;
    }
}
