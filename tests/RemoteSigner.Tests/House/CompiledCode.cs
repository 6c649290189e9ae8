using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;

namespace RemoteSigner.Tests.House;

/// <summary>
/// Which methods and types an assembly names, read from its IL: a call, a constructor, a delegate, a token. Unlike a search in the source
/// it is misled neither by what a variable is called nor by a line break. What is found by reflection at run time it does not see.
/// </summary>
internal static class CompiledCode
{
    public const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    // The first byte of the opcodes that have two (ECMA-335 §III.1.2).
    private const byte Prefix = 0xFE;

    private static readonly FrozenDictionary<short, OpCode> _opCodes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(code => code.Value);

    /// <summary>Every pair of a method of <paramref name="assembly"/> and a method that its IL names.</summary>
    public static IEnumerable<(MethodBase Caller, MethodBase Named)> Uses(Assembly assembly) =>
        assembly
            .GetTypes()
            .SelectMany(type => type.GetMembers(Everything).OfType<MethodBase>())
            .SelectMany(caller => Named(caller).OfType<MethodBase>().Select(named => (caller, named)));

    /// <summary>
    /// Every pair of a type of <paramref name="assembly"/> and a type that it names: in what it is made of, in its signatures, in its IL.
    /// </summary>
    public static IEnumerable<(Type User, Type Used)> TypesUsed(Assembly assembly) =>
        assembly
            .GetTypes()
            .SelectMany(user => Declared(user).Concat(InCode(user)).SelectMany(Parts).Select(used => (user, used)))
            .Distinct();

    /// <summary>
    /// The full names of the types whose code names <paramref name="method"/>; a nested type counts for the outermost one, as do lambdas
    /// and async methods.
    /// </summary>
    public static IEnumerable<string> CallersOf(IEnumerable<Assembly> assemblies, MethodBase method) =>
        assemblies
            .SelectMany(Uses)
            .Where(use => use.Named.MetadataToken == method.MetadataToken && use.Named.Module == method.Module)
            .Select(use => WrittenIn(use.Caller.DeclaringType!).FullName!)
            .Distinct()
            .Order(StringComparer.Ordinal);

    /// <summary>The outermost type that it stands in.</summary>
    public static Type WrittenIn(Type type) => type.DeclaringType is { } outer ? WrittenIn(outer) : type;

    private static IEnumerable<Type> Declared(Type user) =>
        user.GetInterfaces()
            .Concat(user.BaseType is { } parent ? [parent] : [])
            .Concat(user.GetFields(Everything).Select(field => field.FieldType))
            .Concat(
                user.GetMembers(Everything)
                    .OfType<MethodBase>()
                    .SelectMany(method => method.GetParameters())
                    .Select(parameter => parameter.ParameterType)
            )
            .Concat(user.GetMethods(Everything).Select(method => method.ReturnType));

    private static IEnumerable<Type> InCode(Type user) =>
        user.GetMembers(Everything)
            .OfType<MethodBase>()
            .SelectMany(method =>
                Named(method)
                    .SelectMany(named =>
                        named switch
                        {
                            Type type => [type],
                            MethodInfo { IsGenericMethod: true } generic => [generic.DeclaringType!, .. generic.GetGenericArguments()],
                            { DeclaringType: { } type } => [type],
                            _ => Type.EmptyTypes,
                        }
                    )
                    .Concat(method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? [])
            );

    private static IEnumerable<Type> Parts(Type type) =>
        type switch
        {
            { HasElementType: true } => Parts(type.GetElementType()!),
            { IsGenericParameter: true } => [],
            { IsGenericType: true } => [type, .. type.GetGenericArguments().SelectMany(Parts)],
            _ => [type],
        };

    /// <summary>The texts that are written in it.</summary>
    public static IEnumerable<string> Texts(MethodBase method) =>
        Operands(method).Where(one => one.Kind == OperandType.InlineString).Select(one => method.Module.ResolveString(one.Token));

    /// <summary>The methods, fields and types that its IL names, in the order of the code.</summary>
    public static List<MemberInfo> Named(MethodBase caller)
    {
        var typeArguments = caller.DeclaringType!.IsGenericType ? caller.DeclaringType.GetGenericArguments() : null;
        var methodArguments = caller.IsGenericMethod ? caller.GetGenericArguments() : null;
        return
        [
            .. Operands(caller)
                .Where(one =>
                    one.Kind is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok
                )
                .Select(one => caller.Module.ResolveMember(one.Token, typeArguments, methodArguments))
                .OfType<MemberInfo>(),
        ];
    }

    private static List<(OperandType Kind, int Token)> Operands(MethodBase method)
    {
        var operands = new List<(OperandType, int)>();
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length; )
        {
            var opCode = _opCodes[code[at] == Prefix ? unchecked((short)((Prefix << 8) | code[at + 1])) : code[at]];
            at += opCode.Size;
            var length = OperandLength(opCode, code.AsSpan(at));
            if (length == sizeof(int))
            {
                operands.Add((opCode.OperandType, BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at))));
            }

            at += length;
        }

        return operands;
    }

    private static int OperandLength(OpCode opCode, ReadOnlySpan<byte> operand) =>
        opCode.OperandType switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(operand)),
            _ => 4,
        };
}
