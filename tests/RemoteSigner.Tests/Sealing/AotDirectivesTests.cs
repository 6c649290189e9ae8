using System.Xml.Linq;
using Net.Pkcs11Interop.LowLevelAPI80;

namespace RemoteSigner.Tests.Sealing;

public sealed class AotDirectivesTests
{
    /// <summary>
    /// A newer Pkcs11Interop with a further structure would work under the JIT and crash when published: this list must follow.
    /// </summary>
    [Fact]
    public void The_directives_name_all_that_the_package_marshals()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "RemoteSigner.sln")))
        {
            folder = folder.Parent;
        }

        var document = XDocument.Load(Path.Combine(folder.FullName, "src", "RemoteSigner.Host", "pkcs11interop.rd.xml"));
        var named = document
            .Descendants()
            .Where(element => element.Name.LocalName == "Type" && (string)element.Parent!.Attribute("Name")! == "Pkcs11Interop");

        Assert.Equal(
            Marshalled().Order(StringComparer.Ordinal),
            named
                .Select(type =>
                    $"{(string)type.Attribute("Name")!} {type.Attributes().Select(one => one.Name.LocalName).Single(IsMarshalling)}"
                )
                .Order(StringComparer.Ordinal)
        );
    }

    private static bool IsMarshalling(string name) => name.StartsWith("Marshal", StringComparison.Ordinal);

    private static IEnumerable<string> Marshalled() =>
        from type in typeof(Pkcs11Library).Assembly.GetTypes()
        where type.Namespace is "Net.Pkcs11Interop.LowLevelAPI80" or "Net.Pkcs11Interop.LowLevelAPI80.MechanismParams"
        let isDelegate = typeof(Delegate).IsAssignableFrom(type)
        where isDelegate || type.Name.StartsWith("CK_", StringComparison.Ordinal)
        select $"{type.FullName} {(isDelegate ? "MarshalDelegate" : "MarshalStructure")}";
}
