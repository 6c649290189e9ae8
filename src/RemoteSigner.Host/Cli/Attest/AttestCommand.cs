using System.CommandLine;
using RemoteSigner.Native;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Host.Cli;

/// <summary><c>attest</c>: the verifier's side of attestation. It needs neither a signer nor a TPM, and no network.</summary>
internal static class AttestCommand
{
    private static readonly Argument<string> Document = new("EVIDENCE") { Description = "what GET /attestation answered" };
    private static readonly Option<string?> Golden = new("--golden")
    {
        Description = "good values of PCRs ('attest golden' writes them)",
        HelpName = "FILE",
    };
    private static readonly Option<string?> TlsCertificate = new("--tls-certificate")
    {
        Description = "the certificate that the signer's API shows, PEM or DER",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Keys = new("--keys")
    {
        Description = "the public keys it must have open, and no others: a line each, or a JSON array",
        HelpName = "FILE",
    };
    private static readonly Option<string?> EkRoots = new("--ek-roots")
    {
        Description = "authorities of TPM makers: roots and intermediates",
        HelpName = "PEM",
    };
    private static readonly Option<string?> Trust = new("--trust")
    {
        Description = "what 'attest bind' wrote for this machine",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Pcrs = new("--pcrs")
    {
        Description = "of which PCRs; all that were quoted unless given",
        HelpName = "LIST",
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "write it here instead of to standard output",
        HelpName = "FILE",
    };

    public static Command Create() =>
        new("attest", "Judge what a signer's TPM says of it, offline")
        {
            CreateVerify(),
            CreateGolden(),
            AttestBindCommand.CreateChallenge(),
            AttestBindCommand.CreateBind(),
        };

    /// <summary>Evidence that is whole in itself; whose it is, and whether it is fresh, is not known here.</summary>
    /// <exception cref="CliError">A check failed.</exception>
    public static Evidence ReadWhole(string path, string? ekRoots)
    {
        var evidence = RemoteAttestationDocuments.ReadEvidence(BoundedFile.ReadAllBytes(path));
        var expected = new Expectations
        {
            Now = TimeProvider.System.GetUtcNow(),
            EkRoots = ekRoots is null ? null : ExpectationFiles.Authorities(ekRoots),
        };
        return EvidenceVerifier.Verify(evidence, expected).FirstOrDefault(check => check.Verdict == CheckVerdict.Fail) is { } failed
            ? throw new CliError($"{path} does not hold: {failed.Name}: {failed.Detail}", "'remote-signer attest verify' shows every check")
            : evidence;
    }

    private static Command CreateVerify()
    {
        var nonce = new Option<string>("--nonce")
        {
            Description = "the nonce that it was asked with",
            HelpName = "HEX",
            Required = true,
        };
        var verify = new Command("verify", "Check evidence; exit code 1 when anything fails")
        {
            Document,
            nonce,
            Golden,
            TlsCertificate,
            Keys,
            EkRoots,
            Trust,
        };
        verify.SetAction((parsed, _) => Task.FromResult(Verify(parsed, parsed.GetValue(nonce)!)));
        return verify;
    }

    private static Command CreateGolden()
    {
        var golden = new Command("golden", "Write the PCR values of evidence that is trusted as good values") { Document, Pcrs, Out };
        golden.SetAction((parsed, _) => Task.FromResult(WriteGolden(parsed)));
        return golden;
    }

    private static int Verify(ParseResult parsed, string nonce)
    {
        var expected = new Expectations
        {
            Now = TimeProvider.System.GetUtcNow(),
            Nonce = ExpectationFiles.Nonce(nonce),
            Golden = parsed.GetValue(Golden) is { } golden
                ? RemoteAttestationDocuments.ReadGoldenValues(BoundedFile.ReadAllBytes(golden))
                : null,
            TlsCertificate = parsed.GetValue(TlsCertificate) is { } certificate ? ExpectationFiles.Certificate(certificate) : null,
            Keys = parsed.GetValue(Keys) is { } keys ? ExpectationFiles.Keys(keys) : null,
            EkRoots = parsed.GetValue(EkRoots) is { } roots ? ExpectationFiles.Authorities(roots) : null,
            Trust = parsed.GetValue(Trust) is { } trust
                ? RemoteAttestationDocuments.ReadTrustedKeys(BoundedFile.ReadAllBytes(trust))
                : null,
        };
        var line = EvidenceLine.Of(EvidenceVerifier.Verify(BoundedFile.ReadAllBytes(parsed.GetValue(Document)!), expected));
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.EvidenceLine, verdict =>
            Output.Rows(verdict.Checks, ["check", "verdict", "detail"], check => [check.Name, check.Verdict, check.Detail])
        );
        return line.Holds ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static int WriteGolden(ParseResult parsed)
    {
        var evidence = ReadWhole(parsed.GetValue(Document)!, ekRoots: null);
        var values = GoldenValues.Of(evidence, parsed.GetValue(Pcrs) is { } list ? ExpectationFiles.Text(() => PcrList.Parse(list)) : null);
        if (parsed.GetValue(Out) is { } path)
        {
            DurableFile.Replace(path, RemoteAttestationDocuments.Write(values));
        }
        else
        {
            Console.WriteLine(System.Text.Encoding.UTF8.GetString(RemoteAttestationDocuments.Write(values)));
        }

        return ExitCodes.Done;
    }
}
