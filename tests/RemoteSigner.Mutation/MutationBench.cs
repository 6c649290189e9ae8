namespace RemoteSigner.Mutation;

/// <summary>Puts one fault after another into a file's assembly and runs the tests of that file.</summary>
public sealed class MutationBench(string root, Explained explained) : IDisposable
{
    // A run that takes this much longer than one without a fault will not end.
    private const int LimitFactor = 3;

    // Below the repository, where the tests find their files; another run at the same time has another one.
    private readonly string _folder = Path.Combine(root, "artifacts", "mutation", $"{Environment.ProcessId}");
    private readonly Dictionary<string, MutantCompiler> _compilers = [];
    private readonly Dictionary<string, TestRun> _runs = [];

    /// <summary>Every fault of the file; some do not compile.</summary>
    public IEnumerable<Mutant> MutantsOf(LawFile file) => CompilerOf(file).MutantsOf(Path.Combine(root, file.Path));

    /// <summary>Runs those that are meant and prints the survivors.</summary>
    /// <exception cref="InvalidOperationException">The tests fail without a fault.</exception>
    public FileScore Score(LawFile file, Predicate<Mutant> isMeant)
    {
        var compiler = CompilerOf(file);
        var limits = file.Tests.ToDictionary(group => group, group => LimitOf(file, group, compiler));
        bool Survives(byte[] assembly, int? number) =>
            file.Tests.All(group => RunOf(group.Project).Passes(compiler.AssemblyFile, assembly, group.Classes, limits[group], number));

        var all = MutantsOf(file).ToList();
        var faults = 0;
        var survivors = new List<Mutant>();
        foreach (var (mutant, survives) in Outcomes(compiler, all.FindAll(isMeant), Survives))
        {
            faults++;
            if (survives)
            {
                survivors.Add(mutant);
                var word = explained.Has(file.Path, mutant) ? "explained" : "SURVIVED";
                Console.WriteLine($"  {word} {file.Path}:{mutant.Line}: {mutant.Name}");
            }
        }

        foreach (var group in file.Tests)
        {
            RunOf(group.Project).Replace(compiler.AssemblyFile, compiler.Emit());
        }

        foreach (
            var stale in explained.Stale(file.Path, survivors.Concat(all.FindAll(mutant => !isMeant(mutant))).Select(mutant => mutant.Name))
        )
        {
            Console.WriteLine($"  survivors.md explains one that is none: {stale}");
        }

        var known = survivors.Count(mutant => explained.Has(file.Path, mutant));
        return new FileScore(file.Path, faults, known, survivors.Count - known);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    // How long a group of tests may take: a fault that hangs costs all of it.
    private TimeSpan LimitOf(LawFile file, TestGroup group, MutantCompiler compiler)
    {
        var began = TimeProvider.System.GetTimestamp();
        var run = RunOf(group.Project);
        return run.Passes(compiler.AssemblyFile, compiler.Emit(), group.Classes, TimeSpan.FromMinutes(10))
            ? (TimeProvider.System.GetElapsedTime(began) * LimitFactor) + TimeSpan.FromSeconds(5)
            : throw new InvalidOperationException($"the tests of {file.Path} fail without a fault:\n{run.Output}");
    }

    // Most share one assembly; the others have one each. A fault that does not compile is none.
    private static IEnumerable<(Mutant Mutant, bool Survives)> Outcomes(
        MutantCompiler compiler,
        List<Mutant> mutants,
        Func<byte[], int?, bool> survives
    )
    {
        var numbered = mutants
            .Select((mutant, number) => (number, mutant))
            .Where(one => SwitchedFile.Host(one.mutant) is not null)
            .ToList();
        var (shared, broken) = numbered.Count == 0 ? (null, null) : compiler.EmitSwitched(numbered);
        var switched = shared is null ? [] : numbered.Select(one => one.number).ToHashSet();
        for (var number = 0; number < mutants.Count; number++)
        {
            if (switched.Contains(number))
            {
                if (!broken!.Contains(number))
                {
                    yield return (mutants[number], survives(shared!, number));
                }
            }
            else if (compiler.Emit(mutants[number]) is { } assembly)
            {
                yield return (mutants[number], survives(assembly, null));
            }
        }
    }

    private MutantCompiler CompilerOf(LawFile file)
    {
        var project = file.ProjectFolder(root);
        return _compilers.TryGetValue(project, out var compiler) ? compiler : _compilers[project] = MutantCompiler.Open(project);
    }

    private TestRun RunOf(string project) =>
        _runs.TryGetValue(project, out var run)
            ? run
            : _runs[project] = new TestRun(
                Path.Combine(root, "tests", project, "bin", "Release", "net10.0"),
                Path.Combine(_folder, project),
                project
            );
}
