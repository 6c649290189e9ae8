using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace RemoteSigner.Mutation;

/// <summary>Compiles one project in memory as the build does, with one file changed; analyzers do not run.</summary>
public sealed class MutantCompiler
{
    private readonly CSharpCommandLineArguments _arguments;
    private readonly CSharpCompilation _original;

    private MutantCompiler(CSharpCommandLineArguments arguments, CSharpCompilation original) =>
        (_arguments, _original) = (arguments, original);

    public string AssemblyFile => _original.AssemblyName + ".dll";

    /// <summary>Asks MSBuild for the compiler's arguments; the projects that it refers to must have been built.</summary>
    /// <exception cref="InvalidOperationException">MSBuild gave none, or the project as it stands does not compile.</exception>
    public static MutantCompiler Open(string projectFolder)
    {
        var arguments = CSharpCommandLineParser.Default.Parse(AskForArguments(projectFolder), projectFolder, sdkDirectory: null);
        var trees = arguments.SourceFiles.Select(file =>
            CSharpSyntaxTree.ParseText(
                SourceText.From(File.ReadAllText(file.Path), System.Text.Encoding.UTF8),
                arguments.ParseOptions,
                file.Path
            )
        );
        var compilation = CSharpCompilation.Create(
            arguments.CompilationName,
            trees,
            arguments.MetadataReferences.Select(reference => MetadataReference.CreateFromFile(reference.Reference, reference.Properties)),
            arguments.CompilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Default).WithConcurrentBuild(false)
        );
        var compiler = new MutantCompiler(arguments, Generate(arguments, compilation));
        return compiler._original.GetDiagnostics().FirstOrDefault(one => one.Severity == DiagnosticSeverity.Error) is { } error
            ? throw new InvalidOperationException($"{projectFolder} does not compile: {error}")
            : compiler;
    }

    /// <summary>The faults of a file, each with a name of its own.</summary>
    public IEnumerable<Mutant> MutantsOf(string file) =>
        Mutations
            .Of(_original.GetSemanticModel(_original.SyntaxTrees.Single(tree => tree.FilePath == file)))
            .GroupBy(mutant => mutant.Name)
            .SelectMany(same => same.Select((mutant, i) => i == 0 ? mutant : mutant with { After = $"{mutant.After} #{i + 1}" }));

    /// <summary>The assembly without a fault.</summary>
    public byte[] Emit() => Emit(_original)!;

    /// <summary>The assembly with the fault; null where it does not compile.</summary>
    public byte[]? Emit(Mutant mutant) => Emit(With(mutant.Node.SyntaxTree, mutant.Within(mutant.Node.SyntaxTree.GetRoot())));

    /// <summary>One assembly with many mutants of a file, each switched on by its number, without those that do not compile.</summary>
    /// <returns>No assembly where something else than a mutant does not compile.</returns>
    public (byte[]? Assembly, IReadOnlySet<int> Broken) EmitSwitched(IReadOnlyList<(int Number, Mutant Mutant)> mutants)
    {
        var broken = new HashSet<int>();
        var tree = mutants[0].Mutant.Node.SyntaxTree;
        while (true)
        {
            var root = SwitchedFile.With(tree.GetRoot(), mutants.Where(one => !broken.Contains(one.Number)));
            var compilation = With(tree, root).AddSyntaxTrees(CSharpSyntaxTree.ParseText(SwitchedFile.Switch, _arguments.ParseOptions));
            using var assembly = new MemoryStream();
            var result = compilation.Emit(assembly, manifestResources: _arguments.ManifestResources, options: _arguments.EmitOptions);
            if (result.Success && FallingThrough(compilation, tree.FilePath) is { Count: > 0 } open)
            {
                broken.UnionWith(open);
                continue;
            }

            if (result.Success)
            {
                return (assembly.ToArray(), broken);
            }

            var found = result
                .Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error && one.Location.SourceTree?.FilePath == tree.FilePath)
                .Select(one => SwitchedFile.NumberAt(one.Location.SourceTree!.GetRoot(), one.Location.SourceSpan))
                .OfType<int>()
                .ToList();
            if (found.Count == 0)
            {
                return (null, broken);
            }

            broken.UnionWith(found);
        }
    }

    // By itself such a body would not compile: it ends without a value. Before the others it would go on into the right one.
    private static List<int> FallingThrough(CSharpCompilation compilation, string file)
    {
        var tree = compilation.SyntaxTrees.Single(one => one.FilePath == file);
        var model = compilation.GetSemanticModel(tree);
        return
        [
            .. SwitchedFile
                .Branches(tree.GetRoot())
                .Where(branch => model.AnalyzeControlFlow(branch.Statement) is { Succeeded: true, EndPointIsReachable: true })
                .Select(branch => SwitchedFile.NumberAt(tree.GetRoot(), branch.Span)!.Value),
        ];
    }

    private CSharpCompilation With(SyntaxTree tree, SyntaxNode root) =>
        _original.ReplaceSyntaxTree(tree, tree.WithRootAndOptions(root, tree.Options));

    private byte[]? Emit(CSharpCompilation compilation)
    {
        using var assembly = new MemoryStream();
        return compilation.Emit(assembly, manifestResources: _arguments.ManifestResources, options: _arguments.EmitOptions).Success
            ? assembly.ToArray()
            : null;
    }

    // The sources that generators write are made once: the faults are elsewhere.
    private static CSharpCompilation Generate(CSharpCommandLineArguments arguments, CSharpCompilation compilation)
    {
        var generators = arguments
            .AnalyzerReferences.Select(reference => new AnalyzerFileReference(reference.FilePath, new Loader()))
            .SelectMany(reference => reference.GetGenerators(LanguageNames.CSharp));
        CSharpGeneratorDriver
            .Create(generators, parseOptions: arguments.ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        return (CSharpCompilation)generated;
    }

    private static string[] AskForArguments(string projectFolder)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = projectFolder, RedirectStandardOutput = true };
        string[] arguments =
        [
            "msbuild",
            "-t:Compile",
            "-p:Configuration=Release",
            "-p:SkipCompilerExecution=true",
            "-p:ProvideCommandLineArgs=true",
            "-p:DesignTimeBuild=true",
            // CoreCompile runs although nothing has changed.
            "-p:NonExistentFile=none",
            "-p:BuildProjectReferences=false",
            "-getItem:CscCommandLineArgs",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var answer = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        return
        [
            .. answer
                .RootElement.GetProperty("Items")
                .GetProperty("CscCommandLineArgs")
                .EnumerateArray()
                .Select(item => item.GetProperty("Identity").GetString()!),
        ];
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath) { }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
