using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.House;

/// <summary>
/// What a member of an enum is called in the code is nobody else's business: where it is told, stored or read, it has a word of its own
/// from a table. Read from the IL: an enum in an interpolated text, asked for its text, or looked up by a name.
/// </summary>
public sealed class EnumTextTests
{
    [Fact]
    public void No_text_is_made_of_the_name_of_a_member() =>
        Assert.Empty(
            HouseTests
                .Shipped.SelectMany(assembly => assembly.GetTypes())
                .SelectMany(type => type.GetMembers(CompiledCode.Everything).OfType<MethodBase>())
                .Where(method => !IsForProgrammers(method))
                .SelectMany(method => Found(CompiledCode.Named(method)).Select(found => $"{method.DeclaringType!.FullName}: {found}"))
                .Distinct()
        );

    // The compiler's text of a record, and what cannot happen.
    private static bool IsForProgrammers(MethodBase method) =>
        method.Name == "PrintMembers" || CompiledCode.Named(method).Any(one => one.DeclaringType == typeof(UnreachableException));

    private static IEnumerable<string> Found(List<MemberInfo> named)
    {
        for (var at = 0; at < named.Count; at++)
        {
            var next = at + 1 < named.Count ? named[at + 1] as MethodInfo : null;
            if (named[at] is Type told && Tells(told) && (next?.Name == nameof(ToString) || IsOfObjects(next)))
            {
                yield return $"{told.Name}.ToString()";
            }

            if (named[at] is not MethodInfo method)
            {
                continue;
            }

            var about = method.IsGenericMethod ? method.GetGenericArguments()[0] : null;
            if (method.Name == nameof(DefaultInterpolatedStringHandler.AppendFormatted) && about is not null && Tells(about))
            {
                yield return $"{{{about.Name}}}";
            }

            if (
                method.DeclaringType == typeof(Enum)
                && method.Name is "Parse" or "TryParse" or "GetName" or "GetNames"
                && about is not null
                && Tells(about)
            )
            {
                yield return $"Enum.{method.Name}<{about.Name}>";
            }
        }
    }

    private static bool IsOfObjects(MethodInfo? method) =>
        method?.Name == nameof(string.Concat) && method.GetParameters().Any(parameter => parameter.ParameterType == typeof(object));

    // An enum of ours, or a record that nobody gave a text. Those of the TPM are called as the TCG's tables call them, and stand in
    // messages for people alone.
    private static bool Tells(Type type) =>
        Nullable.GetUnderlyingType(type) is { } inner ? Tells(inner)
        : !HouseTests.Shipped.Contains(type.Assembly) || type.Assembly == typeof(TpmRc).Assembly ? false
        : type.IsEnum || type.GetMethod(nameof(ToString), Type.EmptyTypes)?.GetCustomAttribute<CompilerGeneratedAttribute>() is not null;
}
