using Microsoft.CodeAnalysis;

namespace RemoteSigner.Mutation;

/// <summary>One small fault in one file: what stands there now, and what is put in its place.</summary>
/// <param name="Member">The method or property that it is in.</param>
/// <param name="Line">Its first line, counted from 1.</param>
/// <param name="Before">The changed text, on one line.</param>
/// <param name="After">What it becomes, on one line.</param>
/// <param name="Node">The changed part of the file.</param>
/// <param name="Replacement">What it becomes; null where it is left out.</param>
public sealed record Mutant(string Member, int Line, string Before, string After, SyntaxNode Node, SyntaxNode? Replacement)
{
    /// <summary>Its name in survivors.md: it holds no line number, so that it outlives changes elsewhere in the file.</summary>
    public string Name => $"{Member}: {Before} → {After}";

    /// <summary>The part of the file below <paramref name="around"/> with the fault in it.</summary>
    public T Within<T>(T around)
        where T : SyntaxNode =>
        Replacement is null
            ? around.RemoveNode(Node, SyntaxRemoveOptions.KeepNoTrivia)!
            : (T)(around == Node ? Replacement : around.ReplaceNode(Node, Replacement.WithTriviaFrom(Node)));
}
