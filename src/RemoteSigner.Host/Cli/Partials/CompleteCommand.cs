using System.CommandLine;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>cluster complete</c>: gives a lock that Charon made while the shares live in signers its <c>signature_aggregate</c>. Every signer
/// verifies the lock before it signs it.
/// </summary>
internal static class CompleteCommand
{
    private static readonly Argument<string> LockFile = new("LOCK") { Description = "cluster-lock.json without a signature_aggregate" };
    private static readonly Option<string?> Out = new("--out") { Description = "the completed lock", HelpName = "FILE" };

    public static Command Create()
    {
        var complete = new Command(
            "complete",
            "Collect the shares' signatures of a lock that lacks its signature_aggregate, and write the completed lock"
        )
        {
            LockFile,
        };
        PartialsOptions.AddTo(complete, Out);
        complete.SetAction(CompleteAsync);
        return complete;
    }

    private static async Task<int> CompleteAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetValue(LockFile)!;
        var policy = ClusterCommand.Policy(parsed);
        var json = BoundedFile.ReadAllBytes(path, ClusterFile.MaxBytes);
        var cluster = ClusterLock.Parse(json);
        if (!cluster.SignatureAggregate.IsEmpty)
        {
            _ = VerifiedLock.Of(json, path, policy);
            StandardError.Console.WriteLine($"{path} has its signature_aggregate, and every check passes: there is nothing to do");
            return ExitCodes.Done;
        }

        RequireAllElse(cluster, path, policy);
        var target = parsed.GetValue(Out);
        if (target is not null)
        {
            PartialsOptions.RequireFree(target);
        }

        List<WantedPartial> wanted =
        [
            .. cluster.Validators.Select(validator => new WantedPartial(validator.GroupKey, cluster.LockHash, "the lock hash", default)),
        ];
        var run = await PartialsRun.CollectAsync(
            parsed,
            "CLUSTER_LOCK",
            cluster,
            wanted,
            target,
            async (signer, stop) => [await signer.SignLockAsync(cluster.LockHash, json, stop)],
            cancellation
        );
        return run.Finish(parsed, target is null ? null : () => [(target, Completed(json, run.Collected.SumOfAllShares(), path, policy))]);
    }

    // Nobody is asked to sign a lock that would not hold with the signatures.
    private static void RequireAllElse(ClusterLock cluster, string path, VerificationPolicy policy)
    {
        List<ImportRefusal> failed =
        [
            .. ClusterVerifier
                .Verify(cluster, policy)
                .Where(result => result.Check != ClusterCheck.SignatureAggregate)
                .Select(result => (result.Check, Failed: result.Verdict as CheckVerdict.Failed))
                .Where(result => result.Failed is not null)
                .Select(result => new ImportRefusal(result.Check.Code(), path, result.Failed!.Problem, result.Failed.Hint)),
        ];
        if (failed.Count > 0)
        {
            throw new ImportException(failed);
        }
    }

    private static byte[] Completed(byte[] json, BlsSignature aggregate, string path, VerificationPolicy policy)
    {
        var completed = LockText.WithAggregate(json, aggregate);
        _ = VerifiedLock.Of(completed, $"{path}, completed,", policy);
        return completed;
    }
}
