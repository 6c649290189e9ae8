using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace RemoteSigner.Mutation;

/// <summary>
/// A file in which each method has its faulty bodies before its own: <c>if (MutantSwitch.On == 7) { … }</c>. One compilation serves all of
/// them, and the environment chooses. Constructors, fields and iterators have no place for a switch.
/// </summary>
public static class SwitchedFile
{
    /// <summary>The variable that chooses: the number of a mutant, or none.</summary>
    public const string Variable = "MUTANT";

    private const string Mark = "mutant";

    /// <summary>What reads the variable, once for a process.</summary>
    public const string Switch = $$"""
        internal static class MutantSwitch
        {
            internal static readonly int On = int.Parse(System.Environment.GetEnvironmentVariable("{{Variable}}") ?? "-1");
        }
        """;

    /// <summary>The method, accessor or property with a body in which a mutant can be switched on; null where there is none.</summary>
    public static SyntaxNode? Host(Mutant mutant) =>
        mutant
            .Node.Ancestors()
            .FirstOrDefault(node =>
                node
                    is MethodDeclarationSyntax
                        or OperatorDeclarationSyntax
                        or AccessorDeclarationSyntax
                        or PropertyDeclarationSyntax { ExpressionBody: not null }
                        or ConstructorDeclarationSyntax
                        or FieldDeclarationSyntax
                        or BaseTypeDeclarationSyntax
            )
            is var host
        && host is not (null or ConstructorDeclarationSyntax or FieldDeclarationSyntax or BaseTypeDeclarationSyntax)
        && !host.DescendantNodes().Any(node => node is YieldStatementSyntax)
        && (BodyOf(host)?.Span.Contains(mutant.Node.Span) ?? false)
            ? host
            : null;

    /// <summary>The file with these mutants, by the number that switches each on.</summary>
    public static SyntaxNode With(SyntaxNode root, IEnumerable<(int Number, Mutant Mutant)> mutants)
    {
        var byHost = mutants.GroupBy(one => Host(one.Mutant)!).ToDictionary(group => group.Key, group => group.ToList());
        return root.ReplaceNodes(byHost.Keys, (host, _) => Switched(host, byHost[host]));
    }

    /// <summary>Which mutant a place in such a file belongs to; null for none.</summary>
    public static int? NumberAt(SyntaxNode root, Microsoft.CodeAnalysis.Text.TextSpan place) =>
        root.FindNode(place).AncestorsAndSelf().SelectMany(node => node.GetAnnotations(Mark)).FirstOrDefault() is { } mark
            ? int.Parse(mark.Data!, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    /// <summary>The branches of such a file that hold a mutant each.</summary>
    public static IEnumerable<IfStatementSyntax> Branches(SyntaxNode root) => root.GetAnnotatedNodes(Mark).OfType<IfStatementSyntax>();

    private static SyntaxNode Switched(SyntaxNode host, List<(int Number, Mutant Mutant)> mutants)
    {
        var body = BodyOf(host)!;
        var branches = mutants.Select(one => (StatementSyntax)Branch(one.Number, Statements(host, one.Mutant.Within(body))));
        var block = Block(List(branches.Append(Statements(host, body))));
        return host switch
        {
            MethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block),
            OperatorDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block),
            AccessorDeclarationSyntax accessor => accessor.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block),
            PropertyDeclarationSyntax property => property
                .WithExpressionBody(null)
                .WithSemicolonToken(default)
                .WithAccessorList(AccessorList(SingletonList(AccessorDeclaration(SyntaxKind.GetAccessorDeclaration).WithBody(block)))),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static IfStatementSyntax Branch(int number, BlockSyntax body) =>
        IfStatement(ParseExpression($"global::MutantSwitch.On == {number}"), body)
            .WithAdditionalAnnotations(new SyntaxAnnotation(Mark, number.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    // A block or an expression: nothing may fall out of it into the next.
    private static BlockSyntax Statements(SyntaxNode host, SyntaxNode body) =>
        (body, IsVoid(host)) switch
        {
            (BlockSyntax block, true) => block.AddStatements(ReturnStatement()),
            (BlockSyntax block, false) => block,
            (ExpressionSyntax expression, true) => Block(ExpressionStatement(expression), ReturnStatement()),
            (ExpressionSyntax expression, false) => Block(Return(expression)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static ReturnStatementSyntax Return(ExpressionSyntax expression) =>
        ReturnStatement(expression.WithoutTrivia()).WithReturnKeyword(Token(TriviaList(), SyntaxKind.ReturnKeyword, TriviaList(Space)));

    private static SyntaxNode? BodyOf(SyntaxNode host) =>
        host switch
        {
            BaseMethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody?.Expression,
            AccessorDeclarationSyntax accessor => (SyntaxNode?)accessor.Body ?? accessor.ExpressionBody?.Expression,
            PropertyDeclarationSyntax property => property.ExpressionBody?.Expression,
            _ => null,
        };

    private static bool IsVoid(SyntaxNode host) =>
        host switch
        {
            MethodDeclarationSyntax method => method.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
                || (method.Modifiers.Any(SyntaxKind.AsyncKeyword) && method.ReturnType is IdentifierNameSyntax),
            AccessorDeclarationSyntax accessor => !accessor.IsKind(SyntaxKind.GetAccessorDeclaration),
            _ => false,
        };
}
