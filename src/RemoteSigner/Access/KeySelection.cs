using System.Collections.Frozen;
using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Access;

/// <summary>The keys that a client may use: those that a selector of it matches and none takes away. Their order does not matter.</summary>
public sealed class KeySelection
{
    private readonly ImmutableArray<Words> _all;

    public KeySelection(IEnumerable<KeySelector> selectors) => _all = [new Words(selectors)];

    private KeySelection(IEnumerable<Words> all) => _all = [.. all];

    /// <summary>What both allow.</summary>
    public KeySelection And(KeySelection other) => new(_all.Concat(other._all).DistinctBy(words => words.Text));

    /// <summary>Is it one of them? <paramref name="describe"/> is asked where its name alone does not tell.</summary>
    public bool Allows(BlsPublicKey key, Func<BlsPublicKey, KeyTraits?> describe)
    {
        KeyTraits? traits = null;
        foreach (var words in _all)
        {
            if (!words.Names(key) && !words.Allows(traits ??= describe(key) ?? KeyTraits.Of(key)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The selector that decides about a key, or null where none mentions it.</summary>
    public KeySelector? Decide(KeyTraits traits) =>
        _all.Select(words => words.Decide(traits))
            .OrderBy(word =>
                word switch
                {
                    null => 0,
                    { Denies: true } => 1,
                    _ => 2,
                }
            )
            .FirstOrDefault();

    private sealed class Words
    {
        private readonly ImmutableArray<KeySelector> _granting;
        private readonly ImmutableArray<KeySelector> _denying;
        private readonly FrozenSet<BlsPublicKey> _named;

        public Words(IEnumerable<KeySelector> selectors)
        {
            var all = selectors.ToList();
            _granting = [.. all.Where(selector => !selector.Denies)];
            _denying = [.. all.Where(selector => selector.Denies)];
            _named = _denying.IsEmpty ? [.. _granting.Select(selector => selector.Key).OfType<BlsPublicKey>()] : [];
            Text = string.Join('\n', all.Select(selector => selector.Text).Order(StringComparer.Ordinal));
        }

        public string Text { get; }

        /// <summary>Nothing else needs to be known of it. The way of nearly all: lists of keys, and nothing taken away.</summary>
        public bool Names(BlsPublicKey key) => _named.Contains(key);

        public bool Allows(KeyTraits traits) => Decide(traits) is { Denies: false };

        public KeySelector? Decide(KeyTraits traits) => Find(_denying, traits) ?? Find(_granting, traits);

        private static KeySelector? Find(ImmutableArray<KeySelector> selectors, KeyTraits traits)
        {
            foreach (var selector in selectors)
            {
                if (selector.Matches(traits))
                {
                    return selector;
                }
            }

            return null;
        }
    }
}
