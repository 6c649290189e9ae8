using System.Collections.Immutable;
using System.CommandLine;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Host.Connect;
using RemoteSigner.Native;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// One collecting of partial signatures: from files and signers, verified as they come, combined where there are enough, and else kept in a
/// file from which the next try goes on. It has no key, and writes nothing but what it was told to.
/// </summary>
internal sealed class PartialsRun
{
    private readonly string _duty;
    private readonly ClusterDocument.CharonLock _document;
    private readonly IReadOnlyList<WantedPartial> _wanted;
    private readonly string _keptAt;
    private readonly List<PartialProblem> _problems = [];
    private readonly List<string> _written = [];
    private ImmutableArray<PartialsFile.Entry> _others = [];

    private PartialsRun(string duty, ClusterDocument.CharonLock document, IReadOnlyList<WantedPartial> wanted, string keptAt)
    {
        (_duty, _document, _wanted, _keptAt) = (duty, document, wanted, keptAt);
        Collected = new PartialCollection(document, wanted.Select(one => (one.GroupKey, one.SigningRoot)));
    }

    public PartialCollection Collected { get; }

    /// <summary>Reads the files, then asks the signers.</summary>
    /// <param name="parsed">The command, with <see cref="PartialsOptions"/>.</param>
    /// <param name="duty">What it is for, as the duty is called on the wire.</param>
    /// <param name="cluster">The verified lock.</param>
    /// <param name="wanted">What is to be signed.</param>
    /// <param name="beside">Where partials are kept when there are too few and nothing else was said.</param>
    /// <param name="ask">Asks one signer.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClusterFileException">A file is of something else: nobody was asked.</exception>
    public static async Task<PartialsRun> CollectAsync(
        ParseResult parsed,
        string duty,
        ClusterLock cluster,
        IReadOnlyList<WantedPartial> wanted,
        string? beside,
        Func<SignerPartials, CancellationToken, Task<IReadOnlyList<PartialsAnswer>>> ask,
        CancellationToken cancellation
    )
    {
        var keptAt = parsed.GetValue(PartialsOptions.Kept) ?? $"{beside}.partials.json";
        var run = new PartialsRun(duty, new ClusterDocument.CharonLock(cluster), wanted, keptAt);
        DurableFile.Try(keptAt);
        if (File.Exists(keptAt))
        {
            run._others = [.. run.Read(keptAt).Validators.Where(entry => run.Collected.RootOf(entry.GroupKey) is null)];
        }

        foreach (var file in parsed.GetValue(PartialsOptions.Files) ?? [])
        {
            run.Read(file);
        }

        var signers = (parsed.GetValue(PartialsOptions.Signers) ?? []).Select(ClientFileOptions.Signer).ToList();
        var client = signers.Count > 0 ? PartialsOptions.ReadClient(parsed) : null;
        foreach (var (signer, answers) in await Task.WhenAll(signers.Select(signer => AskAsync(signer, client!, ask, cancellation))))
        {
            run.Take(signer.GetLeftPart(UriPartial.Authority), answers);
        }

        return run;
    }

    /// <summary>Asks one signer for each of these, one after the other, and no more of them once it cannot be reached.</summary>
    public static async Task<IReadOnlyList<PartialsAnswer>> AskEachAsync(
        SignerPartials signer,
        IEnumerable<WantedPartial> wanted,
        CancellationToken cancellation
    )
    {
        var answers = new List<PartialsAnswer>();
        foreach (var one in wanted)
        {
            var answer = await signer.SignAsync(one.GroupKey, one.Request, cancellation);
            answers.Add(answer with { About = one.GroupKey });
            if (answer.Refusal is { Name: not "signature" })
            {
                break;
            }
        }

        return answers;
    }

    /// <summary>The signature of one validator, which has enough partials.</summary>
    /// <exception cref="CliError">The lock contradicts itself.</exception>
    public BlsSignature Combine(BlsPublicKey groupKey) =>
        Collected.Combine(groupKey) is GroupSignature.Combined(var signature, _)
            ? signature
            : throw new CliError(
                $"the partials of {groupKey} hold, and are not the group's signature together",
                "compare the lock with another operator's copy"
            );

    /// <summary>
    /// Writes what there is, and tells of it: the result of <paramref name="results"/> (paths and contents) where it combines and has
    /// enough, and else the partials.
    /// </summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="CliError">There are too few, or, where they are only collected, not everybody signed.</exception>
    public int Finish(ParseResult parsed, Func<IReadOnlyList<(string Path, byte[] Content)>>? results)
    {
        var lacking = Collected.Lacking;
        var keeps = parsed.GetValue(PartialsOptions.Kept) is not null || lacking.Count > 0;
        if (keeps && _wanted.Any(one => Collected.Of(one.GroupKey).Count > 0))
        {
            Write(_keptAt, Kept().Write());
        }

        if (results is not null && lacking.Count == 0)
        {
            foreach (var (path, content) in results())
            {
                Write(path, content);
            }
        }

        Tell(parsed, lacking.Count == 0);
        return results is null ? ConcludeCollecting()
            : lacking.Count == 0 ? ExitCodes.Done
            : throw TooFew(lacking);
    }

    private static async Task<(Uri Signer, IReadOnlyList<PartialsAnswer> Answers)> AskAsync(
        Uri signer,
        ClientFiles client,
        Func<SignerPartials, CancellationToken, Task<IReadOnlyList<PartialsAnswer>>> ask,
        CancellationToken cancellation
    )
    {
        using var link = new SignerLink(signer, client);
        return (signer, await ask(new SignerPartials(link, TimeProvider.System), cancellation));
    }

    private PartialsFile Read(string path)
    {
        var file = PartialsFile.Open(path);
        if (file.LockHash != _document.Hash || file.Duty != _duty)
        {
            throw new ClusterFileException(
                ClusterFileFault.OtherHash,
                $"{path} has {file.Duty} of the lock {file.LockHash}, and this is {_duty} of {_document.Hash}",
                "have it made for the same lock, with the same command"
            );
        }

        var wanted = _wanted.ToDictionary(one => one.GroupKey);
        if (
            file.Validators.FirstOrDefault(entry =>
                wanted.TryGetValue(entry.GroupKey, out var one) && one.SigningRoot != entry.SigningRoot
            ) is
            { } other
        )
        {
            throw new ClusterFileException(
                ClusterFileFault.OtherHash,
                $"{path} is of another message for {other.GroupKey}: '{other.Message}', and this is '{wanted[other.GroupKey].Message}'",
                "all operators must give the same: agree on it, and have the file made anew"
            );
        }

        Take(
            path,
            [
                new(
                    [
                        .. file
                            .Validators.Where(entry => wanted.ContainsKey(entry.GroupKey))
                            .SelectMany(entry => entry.Partials.Select(partial => new ValidatorPartial(entry.GroupKey, partial))),
                    ],
                    null
                ),
            ]
        );
        return file;
    }

    private void Take(string source, IReadOnlyList<PartialsAnswer> answers)
    {
        foreach (var refused in answers.Where(answer => answer.Refusal is not null).GroupBy(answer => answer.Refusal))
        {
            _problems.Add(
                new(
                    source,
                    refused.Key!.Reason!,
                    refused.Key.Detail,
                    refused.Key.Hint!,
                    [.. refused.Where(answer => answer.About is not null).Select(answer => answer.About.ToString()!)]
                )
            );
        }

        foreach (var wrong in Collected.Add([.. answers.SelectMany(answer => answer.Partials)]).GroupBy(one => one.Partial.ShareIndex))
        {
            _problems.Add(
                new(
                    source,
                    "false_partial",
                    $"what it gives as signatures of share {wrong.Key} are none of this message under the lock's public shares",
                    "is it of this cluster, and its lock the same as this one?",
                    [.. wrong.Select(one => one.GroupKey.ToString())]
                )
            );
        }
    }

    private PartialsFile Kept() =>
        new(
            _duty,
            _document.Hash,
            [
                .. _wanted
                    .Where(one => Collected.Of(one.GroupKey).Count > 0)
                    .Select(one => new PartialsFile.Entry(one.GroupKey, one.Message, one.SigningRoot, [.. Collected.Of(one.GroupKey)])),
                .. _others,
            ]
        );

    private void Write(string path, byte[] content)
    {
        DurableFile.Replace(path, content);
        _written.Add(path);
    }

    private void Tell(ParseResult parsed, bool complete)
    {
        foreach (var problem in _problems)
        {
            var validators =
                problem.Validators.Count > 0 ? $" (of {problem.Validators.Count} validators, first {problem.Validators[0]})" : "";
            StandardError.Console.WriteLine($"{problem.Source}: {problem.Detail}{validators}; {problem.Hint}");
        }

        var line = new PartialsLine(
            _duty,
            _document.Hash.ToString(),
            _document.Threshold,
            complete,
            [
                .. _wanted.Select(one => new PartialsLine.Validator(
                    one.GroupKey.ToString(),
                    one.Message,
                    [.. Collected.Of(one.GroupKey).Select(partial => partial.ShareIndex)],
                    Collected.MissingOf(one.GroupKey)
                )),
            ],
            _written,
            _problems
        );
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.PartialsLine, Table);
        foreach (var path in _written)
        {
            StandardError.Console.WriteLine($"wrote {path}");
        }
    }

    private static Table Table(PartialsLine line) =>
        Output
            .Rows(line.Validators, ["validator", "what", "signed by", "not by"], one =>
                [one.PublicKey, one.Message, string.Join(", ", one.ShareIndices), string.Join(", ", one.Missing)]
            )
            .Title(Output.Cell($"{line.Duty} of {line.LockHash}: {line.Threshold} shares sign for a validator"));

    private int ConcludeCollecting() =>
        _problems.Count == 0 && _wanted.All(one => Collected.Of(one.GroupKey).Count > 0)
            ? ExitCodes.Done
            : throw new CliError(
                "not everything that was asked for came",
                _written.Count > 0
                    ? $"what came is in {_keptAt}: fix what is reported above, then repeat the command"
                    : "fix what is reported above, then repeat the command: nothing was written"
            );

    private CliError TooFew(IReadOnlyList<BlsPublicKey> lacking)
    {
        var (first, more) = (lacking[0], lacking.Count > 1 ? $", and {lacking.Count - 1} more validators have too few" : "");
        return new CliError(
            $"{Collected.Of(first).Count} of {_document.Threshold} partials for {first}: those of the "
                + $"shares {string.Join(", ", Collected.MissingOf(first))} are missing{more}",
            (
                _written.Contains(_keptAt)
                    ? $"what came is kept in {_keptAt}, and counts when the command is repeated"
                    : "nothing came that could be kept"
            ) + ": have the other operators make theirs with --write-partials, and give each with --partials"
        );
    }
}
