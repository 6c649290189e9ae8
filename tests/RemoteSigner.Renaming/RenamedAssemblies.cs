using Microsoft.AspNetCore.Http;
using Mono.Cecil;

namespace RemoteSigner.Renaming;

/// <summary>
/// The assemblies of the product, and those of the tests that know them, with new names: each type of the product and each member of its
/// enums ends in <see cref="Ending"/>. Namespaces, members of other types and compiler-made types keep theirs.
/// </summary>
internal sealed class RenamedAssemblies : IDisposable
{
    private const string Ending = "Renamed";
    private const string Namespace = "RemoteSigner";

    private static readonly string[] _tests = ["RemoteSigner.Tests", "RemoteSigner.Rig", "RemoteSigner.LedgerLoad", "RemoteSigner.Oracle"];

    private readonly List<(string Path, AssemblyDefinition Assembly)> _all;
    private readonly HashSet<string> _product;
    private readonly Resolver _resolver;

    private RenamedAssemblies(string folder)
    {
        _resolver = new Resolver(folder);
        var how = new ReaderParameters { InMemory = true, AssemblyResolver = _resolver };
        string[] ours = [.. Directory.GetFiles(folder, "RemoteSigner*.dll"), Path.Combine(folder, "remote-signer.dll")];
        _all = [.. ours.Select(path => (path, _resolver.Keep(AssemblyDefinition.ReadAssembly(path, how))))];
        _all.ForEach(one => one.Assembly.MainModule.ImmediateRead());
        _product = _all.Select(one => one.Assembly.Name.Name).Except(_tests).ToHashSet();
    }

    /// <summary>Reads them whole, with all attributes, before the first of their names changes.</summary>
    public static RenamedAssemblies Open(string folder) => new(folder);

    /// <summary>How many types and how many members of enums have another name now.</summary>
    public (int Types, int Members) Rename()
    {
        // References first: what they refer to is still found by its old name.
        var modules = _all.Select(one => one.Assembly.MainModule).ToList();
        var references = modules
            .SelectMany(module => module.GetTypeReferences().Concat(InAttributes(module)))
            .Where(IsOfProduct)
            .ToHashSet();
        var types = modules.Where(module => _product.Contains(module.Assembly.Name.Name)).SelectMany(AllTypes).Where(IsWritten).ToList();
        foreach (var reference in references)
        {
            reference.Name = NewName(reference.Name);
        }

        foreach (var type in types)
        {
            Rename(type);
        }

        var members = types.Where(type => type.IsEnum).SelectMany(type => type.Fields).Where(field => field.IsStatic).ToList();
        members.ForEach(member => member.Name += Ending);
        return (types.Count, members.Count);
    }

    public void Write()
    {
        foreach (var (path, assembly) in _all)
        {
            assembly.Write(path);
        }
    }

    public void Dispose() => _resolver.Dispose();

    // A type at the top is looked up by its name in a table that knows only names from when it was put there.
    private static void Rename(TypeDefinition type)
    {
        var module = type.Module;
        if (type.IsNested)
        {
            type.Name = NewName(type.Name);
            return;
        }

        var at = module.Types.IndexOf(type);
        module.Types.RemoveAt(at);
        type.Name = NewName(type.Name);
        module.Types.Insert(at, type);
    }

    // The number of type parameters stays at the end.
    private static string NewName(string name) =>
        name.IndexOf('`', StringComparison.Ordinal) is var mark and >= 0 ? name.Insert(mark, Ending) : name + Ending;

    private static IEnumerable<TypeDefinition> AllTypes(ModuleDefinition module) => module.GetTypes();

    // Not those that compilers make, whose names compilers and the runtime look for.
    private static bool IsWritten(TypeReference type) =>
        !type.Name.Contains('<', StringComparison.Ordinal) && Outermost(type).Namespace.StartsWith(Namespace, StringComparison.Ordinal);

    private bool IsOfProduct(TypeReference type) =>
        type is not TypeDefinition
        && IsWritten(type)
        && Outermost(type).Scope is AssemblyNameReference scope
        && _product.Contains(scope.Name);

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    // Types that attributes name stand in no table, but as text.
    private static IEnumerable<TypeReference> InAttributes(ModuleDefinition module) =>
        Carriers(module)
            .SelectMany(carrier => carrier.CustomAttributes)
            .SelectMany(attribute =>
                attribute.ConstructorArguments.Concat(attribute.Properties.Concat(attribute.Fields).Select(named => named.Argument))
            )
            .SelectMany(InArgument);

    private static IEnumerable<ICustomAttributeProvider> Carriers(ModuleDefinition module) =>
        [
            module.Assembly,
            module,
            .. AllTypes(module)
                .SelectMany(type =>
                    new ICustomAttributeProvider[] { type }
                        .Concat(type.Fields)
                        .Concat(type.Properties)
                        .Concat(type.Events)
                        .Concat(type.GenericParameters)
                        .Concat(
                            type.Methods.SelectMany(method =>
                                new ICustomAttributeProvider[] { method, method.MethodReturnType }
                                    .Concat(method.Parameters)
                                    .Concat(method.GenericParameters)
                            )
                        )
                ),
        ];

    private static IEnumerable<TypeReference> InArgument(CustomAttributeArgument argument) =>
        Parts(argument.Type)
            .Concat(
                argument.Value switch
                {
                    TypeReference type => Parts(type),
                    CustomAttributeArgument inner => InArgument(inner),
                    CustomAttributeArgument[] many => many.SelectMany(InArgument),
                    _ => [],
                }
            );

    private static IEnumerable<TypeReference> Parts(TypeReference type) =>
        type switch
        {
            GenericInstanceType generic => Parts(generic.ElementType).Concat(generic.GenericArguments.SelectMany(Parts)),
            TypeSpecification made => Parts(made.ElementType),
            { DeclaringType: { } outer } => Parts(outer).Append(type),
            _ => [type],
        };

    // Finds in memory what was read before.
    private sealed class Resolver : DefaultAssemblyResolver
    {
        public Resolver(string folder)
        {
            AddSearchDirectory(folder);
            AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
            AddSearchDirectory(Path.GetDirectoryName(typeof(HttpContext).Assembly.Location));
        }

        public AssemblyDefinition Keep(AssemblyDefinition assembly)
        {
            RegisterAssembly(assembly);
            return assembly;
        }
    }
}
