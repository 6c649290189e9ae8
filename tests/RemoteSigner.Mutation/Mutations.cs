using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace RemoteSigner.Mutation;

/// <summary>
/// The small faults of a file: another comparison, a condition turned round or without one of its parts, a number one higher, another
/// member of an enum, a statement or an arm of a switch left out. Texts for people are left alone.
/// </summary>
public static class Mutations
{
    private const int LongestText = 70;

    private static readonly Dictionary<SyntaxKind, SyntaxKind[]> _operators = new()
    {
        [SyntaxKind.LessThanExpression] = [SyntaxKind.LessThanOrEqualExpression, SyntaxKind.GreaterThanOrEqualExpression],
        [SyntaxKind.LessThanOrEqualExpression] = [SyntaxKind.LessThanExpression, SyntaxKind.GreaterThanExpression],
        [SyntaxKind.GreaterThanExpression] = [SyntaxKind.GreaterThanOrEqualExpression, SyntaxKind.LessThanOrEqualExpression],
        [SyntaxKind.GreaterThanOrEqualExpression] = [SyntaxKind.GreaterThanExpression, SyntaxKind.LessThanExpression],
        [SyntaxKind.EqualsExpression] = [SyntaxKind.NotEqualsExpression],
        [SyntaxKind.NotEqualsExpression] = [SyntaxKind.EqualsExpression],
        [SyntaxKind.AddExpression] = [SyntaxKind.SubtractExpression],
        [SyntaxKind.SubtractExpression] = [SyntaxKind.AddExpression],
        [SyntaxKind.MultiplyExpression] = [SyntaxKind.DivideExpression],
        [SyntaxKind.DivideExpression] = [SyntaxKind.MultiplyExpression],
        [SyntaxKind.ModuloExpression] = [SyntaxKind.MultiplyExpression],
        [SyntaxKind.BitwiseAndExpression] = [SyntaxKind.BitwiseOrExpression],
        [SyntaxKind.BitwiseOrExpression] = [SyntaxKind.BitwiseAndExpression],
        [SyntaxKind.LeftShiftExpression] = [SyntaxKind.RightShiftExpression],
        [SyntaxKind.RightShiftExpression] = [SyntaxKind.LeftShiftExpression],
        [SyntaxKind.LogicalAndExpression] = [SyntaxKind.LogicalOrExpression],
        [SyntaxKind.LogicalOrExpression] = [SyntaxKind.LogicalAndExpression],
    };

    private static readonly Dictionary<SyntaxKind, SyntaxKind> _tokens = new()
    {
        [SyntaxKind.LessThanExpression] = SyntaxKind.LessThanToken,
        [SyntaxKind.LessThanOrEqualExpression] = SyntaxKind.LessThanEqualsToken,
        [SyntaxKind.GreaterThanExpression] = SyntaxKind.GreaterThanToken,
        [SyntaxKind.GreaterThanOrEqualExpression] = SyntaxKind.GreaterThanEqualsToken,
    };

    private static readonly Dictionary<string, string> _calls = new()
    {
        ["All"] = "Any",
        ["Any"] = "All",
        ["Min"] = "Max",
        ["Max"] = "Min",
        ["First"] = "Last",
        ["FirstOrDefault"] = "LastOrDefault",
    };

    /// <summary>Every fault of one file. Some of them do not compile; the compiler tells which.</summary>
    public static IEnumerable<Mutant> Of(SemanticModel model)
    {
        foreach (var node in model.SyntaxTree.GetRoot().DescendantNodes(Worthwhile).Where(Worthwhile))
        {
            var line = model.SyntaxTree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
            foreach (var changed in Changes(node, model))
            {
                yield return new Mutant(
                    Member(node),
                    line,
                    OneLine(node),
                    changed is EmptyStatementSyntax ? "nothing" : OneLine(changed),
                    node,
                    changed
                );
            }

            // The last arm often only says that there is no other case.
            if (node is SwitchExpressionArmSyntax and not { Pattern: DiscardPatternSyntax, WhenClause: null })
            {
                yield return new Mutant(Member(node), line, OneLine(node), "nothing", node, null);
            }
        }
    }

    // A text, a name or the reason of an exception is not the law.
    private static bool Worthwhile(SyntaxNode node) =>
        node is not (AttributeListSyntax or InterpolatedStringExpressionSyntax or ThrowStatementSyntax or ThrowExpressionSyntax)
        && node is not InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } };

    private static IEnumerable<SyntaxNode> Changes(SyntaxNode node, SemanticModel model) =>
        node switch
        {
            BinaryExpressionSyntax binary => OfOperator(binary, model),
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => [not.Operand],
            LiteralExpressionSyntax literal => OfLiteral(literal),
            RelationalPatternSyntax pattern => OfRelation(pattern),
            BinaryPatternSyntax pattern => [pattern.Left, pattern.Right],
            UnaryPatternSyntax pattern => [pattern.Pattern],
            ExpressionStatementSyntax statement => [EmptyStatement()],
            ReturnStatementSyntax { Expression: null }
            or ContinueStatementSyntax
            or BreakStatementSyntax { Parent: not SwitchSectionSyntax } => [EmptyStatement()],
            MemberAccessExpressionSyntax access => OfMember(access, model),
            ExpressionSyntax expression when IsAnswer(expression, model) => [Not(expression)],
            _ => [],
        };

    private static IEnumerable<SyntaxNode> OfOperator(BinaryExpressionSyntax binary, SemanticModel model)
    {
        if (binary.IsKind(SyntaxKind.CoalesceExpression))
        {
            return [binary.Right];
        }

        if (binary.IsKind(SyntaxKind.AddExpression) && model.GetTypeInfo(binary).Type?.SpecialType == SpecialType.System_String)
        {
            return [];
        }

        var others = _operators.GetValueOrDefault(binary.Kind(), []).Select(kind => (SyntaxNode)With(binary, kind));
        return binary.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression
            ? [.. others, binary.Left, binary.Right]
            : others;
    }

    private static BinaryExpressionSyntax With(BinaryExpressionSyntax binary, SyntaxKind kind) =>
        BinaryExpression(kind, binary.Left, TokenOf(kind).WithTriviaFrom(binary.OperatorToken), binary.Right);

    private static SyntaxToken TokenOf(SyntaxKind kind) =>
        _tokens.TryGetValue(kind, out var token)
            ? Token(token)
            : BinaryExpression(
                kind,
                LiteralExpression(SyntaxKind.NullLiteralExpression),
                LiteralExpression(SyntaxKind.NullLiteralExpression)
            ).OperatorToken;

    private static IEnumerable<SyntaxNode> OfLiteral(LiteralExpressionSyntax literal) =>
        literal.Kind() switch
        {
            SyntaxKind.TrueLiteralExpression => [LiteralExpression(SyntaxKind.FalseLiteralExpression)],
            SyntaxKind.FalseLiteralExpression => [LiteralExpression(SyntaxKind.TrueLiteralExpression)],
            SyntaxKind.NumericLiteralExpression => [ParseExpression($"({literal.Token.Text} + 1)")],
            _ => [],
        };

    private static IEnumerable<SyntaxNode> OfRelation(RelationalPatternSyntax pattern) =>
        pattern.OperatorToken.Kind() switch
        {
            SyntaxKind.LessThanToken => [RelationalPattern(Token(SyntaxKind.LessThanEqualsToken), pattern.Expression)],
            SyntaxKind.LessThanEqualsToken => [RelationalPattern(Token(SyntaxKind.LessThanToken), pattern.Expression)],
            SyntaxKind.GreaterThanToken => [RelationalPattern(Token(SyntaxKind.GreaterThanEqualsToken), pattern.Expression)],
            _ => [RelationalPattern(Token(SyntaxKind.GreaterThanToken), pattern.Expression)],
        };

    // Another member of the same enum, or the call's opposite.
    private static IEnumerable<SyntaxNode> OfMember(MemberAccessExpressionSyntax access, SemanticModel model)
    {
        if (model.GetSymbolInfo(access).Symbol is IFieldSymbol { ContainingType: { TypeKind: TypeKind.Enum } type } field)
        {
            var members = type.GetMembers().OfType<IFieldSymbol>().Where(member => member.HasConstantValue).ToList();
            var next = members[(members.FindIndex(member => member.Name == field.Name) + 1) % members.Count];
            return next.Name == field.Name ? [] : [access.WithName(IdentifierName(next.Name))];
        }

        return _calls.TryGetValue(access.Name.Identifier.Text, out var other) && access.Parent is InvocationExpressionSyntax
                ?
                [
                    access.WithName(
                        access.Name is GenericNameSyntax generic ? generic.WithIdentifier(Identifier(other)) : IdentifierName(other)
                    ),
                ]
            : IsAnswer(access, model) ? [Not(access)]
            : [];
    }

    // A bool that decides something, or that somebody is told.
    private static bool IsAnswer(ExpressionSyntax expression, SemanticModel model) =>
        expression
            is InvocationExpressionSyntax
                or IdentifierNameSyntax
                or MemberAccessExpressionSyntax
                or IsPatternExpressionSyntax
                or AwaitExpressionSyntax
        && expression.Parent
            is ReturnStatementSyntax
                or ArrowExpressionClauseSyntax
                or LambdaExpressionSyntax
                or EqualsValueClauseSyntax
                or ArgumentSyntax
                or SwitchExpressionArmSyntax
                or IfStatementSyntax
                or WhenClauseSyntax
                or ConditionalExpressionSyntax
        && model.GetTypeInfo(expression).Type?.SpecialType == SpecialType.System_Boolean;

    private static PrefixUnaryExpressionSyntax Not(ExpressionSyntax condition) =>
        PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, ParenthesizedExpression(condition.WithoutTrivia()));

    private static string Member(SyntaxNode node) =>
        node.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().First() switch
        {
            MethodDeclarationSyntax method => method.Identifier.Text,
            PropertyDeclarationSyntax property => property.Identifier.Text,
            ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
            BaseFieldDeclarationSyntax field => field.Declaration.Variables[0].Identifier.Text,
            BaseTypeDeclarationSyntax type => type.Identifier.Text,
            OperatorDeclarationSyntax operation => operation.OperatorToken.Text,
            var other => other.Kind().ToString(),
        };

    // A long text is cut: it is there to be recognised.
    private static string OneLine(SyntaxNode node)
    {
        var line = string.Join(' ', node.ToString().Replace('`', '\'').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length > LongestText ? line[..LongestText] + "…" : line;
    }
}
