using System.Reflection;

namespace RemoteSigner.Host;

/// <summary>The name and version under which this program speaks of itself.</summary>
internal static class ProductVersion
{
    public const string Name = "remote-signer";

    public static string Version { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
