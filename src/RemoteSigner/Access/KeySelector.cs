using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Enumeration;
using RemoteSigner.Spec;

namespace RemoteSigner.Access;

/// <summary>
/// One word of a client's <c>keys</c>: <c>*</c>, a public key (the share's or the validator's), <c>label:PATTERN</c>,
/// <c>cluster:PATTERN</c> (the name of a cluster, or its hash) or <c>operator:ID</c>. In a pattern <c>*</c> stands for any text and
/// <c>?</c> for one character; upper and lower case differ. With <c>!</c> before it, it takes away.
/// </summary>
public sealed class KeySelector
{
    /// <summary>What can be written, for a message.</summary>
    public const string Forms =
        "a public key of 48 bytes in hex, label:PATTERN, cluster:PATTERN, operator:ID or *, with ! before what is taken away";

    private readonly Func<KeyTraits, bool?> _matches;

    private KeySelector(string text, bool denies, BlsPublicKey? key, Func<KeyTraits, bool?> matches) =>
        (Text, Denies, Key, _matches) = (text, denies, key, matches);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>True for one that takes away.</summary>
    public bool Denies { get; }

    /// <summary>Can it be told of a key that is not open? So of <c>*</c> and of public keys alone.</summary>
    public bool NamesKeys => Key is not null || Text.TrimStart('!') == "*";

    /// <summary>The one key that it names; null for every other form.</summary>
    internal BlsPublicKey? Key { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out KeySelector? selector)
    {
        var denies = text.StartsWith('!');
        var word = denies ? text[1..] : text;
        BlsPublicKey? key = BlsPublicKey.TryParse(word, out var named) ? named : null;
        var matches = key is { } one ? traits => traits.PublicKey == one || traits.GroupKey == one : ReadPattern(word);
        selector = matches is null ? null : new KeySelector(text, denies, key, matches);
        return selector is not null;
    }

    /// <summary>Does it speak about this key? What is not known of a key is enough to take it away, and not to grant it.</summary>
    public bool Matches(KeyTraits traits) => _matches(traits) ?? Denies;

    private static Func<KeyTraits, bool?>? ReadPattern(string word) =>
        word.Split(':', 2) switch
        {
            ["*"] => _ => true,
            ["label", { Length: > 0 } pattern] => traits => traits.IsOpen ? Fits(pattern, traits.Label) : null,
            ["cluster", { Length: > 0 } pattern] => traits => IsOfCluster(pattern, traits),
            ["operator", var id]
                when ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    && index.ToString(CultureInfo.InvariantCulture) == id => traits => traits.IsOpen ? traits.ShareIndex == index : null,
            _ => null,
        };

    private static bool? IsOfCluster(string pattern, KeyTraits traits)
    {
        if (!traits.IsOpen)
        {
            return null;
        }

        if (traits.ClusterHash is not { } hash)
        {
            return false;
        }

        // A hash is read in any case, as keys are.
        if (Fits(pattern.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? pattern.ToLowerInvariant() : pattern, hash.ToString()))
        {
            return true;
        }

        // Without its document nobody knows what the cluster is called.
        return traits.ClusterName is { } name ? Fits(pattern, name) : null;
    }

    // No pattern fits a name of no letters.
    private static bool Fits(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
