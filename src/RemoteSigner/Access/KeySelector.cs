using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Enumeration;
using RemoteSigner.Spec;

namespace RemoteSigner.Access;

/// <summary>
/// One word of a client's <c>keys</c>: <c>*</c>, a public key (the share's or the validator's), <c>label:PATTERN</c>, <c>cluster:PATTERN</c> (the name of a cluster, or its hash) or <c>operator:ID</c>. In a pattern
/// <c>*</c> stands for any text and <c>?</c> for one character; upper and lower case differ. With <c>!</c> before it, it takes away.
/// </summary>
public sealed class KeySelector
{
    /// <summary>What can be written, for a message.</summary>
    public const string Forms = "a public key of 48 bytes in hex, label:PATTERN, cluster:PATTERN, operator:ID or *, with ! before what is taken away";

    private readonly Func<KeyTraits, bool> _matches;

    private KeySelector(string text, BlsPublicKey? key, bool denies, Func<KeyTraits, bool> matches) => (Text, Key, Denies, _matches) = (text, key, denies, matches);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>True for one that takes away.</summary>
    public bool Denies { get; }

    /// <summary>The one key that it names; null for every other form.</summary>
    internal BlsPublicKey? Key { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out KeySelector? selector)
    {
        var denies = text.StartsWith('!');
        var word = denies ? text[1..] : text;
        BlsPublicKey? key = BlsPublicKey.TryParse(word, out var named) ? named : null;
        var matches = key is { } one ? traits => traits.PublicKey == one || traits.GroupKey == one : ReadPattern(word);
        selector = matches is null ? null : new KeySelector(text, key, denies, matches);
        return selector is not null;
    }

    public bool Matches(KeyTraits traits) => _matches(traits);

    private static Func<KeyTraits, bool>? ReadPattern(string word) => word.Split(':', 2) switch
    {
        ["*"] => _ => true,
        ["label", { Length: > 0 } pattern] => traits => traits.Label.Length > 0 && Fits(pattern, traits.Label),
        ["cluster", { Length: > 0 } pattern] => traits => (traits.ClusterName is { Length: > 0 } name && Fits(pattern, name)) || (traits.ClusterHash is { } hash && Fits(pattern, hash.ToString())),
        ["operator", var id] when ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var index) => traits => traits.ShareIndex == index,
        _ => null,
    };

    private static bool Fits(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
