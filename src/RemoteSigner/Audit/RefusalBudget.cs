using System.Collections.Frozen;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Audit;

/// <summary>
/// How many refusals of one client the audit log takes one by one, so that no client can fill the disk with them: <see cref="OneByOne"/> an
/// hour. Beyond that, refusals of one action by one rule are counted, and of those the 1st, 2nd, 4th, 8th, … is written, with the count,
/// and of an offence (EIP-3076) the first with each key: nothing new stays hidden, and the log is never wrong by more than a factor of two,
/// even after a crash. Used inside ledger work, where one piece runs at a time.
/// </summary>
internal sealed class RefusalBudget(TimeProvider time)
{
    /// <summary>Refusals of one client within <see cref="Window"/> that are written one by one.</summary>
    public const int OneByOne = 256;

    // Names come from certificates: whoever can have many made shares one budget with the others beyond this.
    private const int MaxClients = 256;
    private const string Others = "";

    private static readonly FrozenSet<string> _offences = Enum.GetValues<SlashingRule>()
        .Where(rule => rule.IsOffence())
        .Select(rule => rule.Name())
        .ToFrozenSet();

    private readonly Dictionary<string, OfClient> _clients = [];

    public static TimeSpan Window { get; } = TimeSpan.FromHours(1);

    /// <summary>The entry to be written of a refusal; null where it is only counted.</summary>
    /// <param name="refused">The refusal.</param>
    /// <param name="takeBack">Makes it as if it had not been asked, where what it was written with is undone.</param>
    public AuditEntry? Admit(AuditEntry refused, out Action takeBack)
    {
        var now = time.GetTimestamp();
        var client = FindOrAdd(refused.Client ?? Others, now);
        var kind = (refused.Action, refused.Rule);
        var equal = client.Count(kind);
        var isWithin = ++client.Written <= OneByOne;
        var isFirst = !isWithin && !long.IsPow2(equal) && client.IsFirstOffence(refused);
        takeBack = () => client.TakeBack(kind, isFirst ? refused : null);
        return isWithin ? refused
            : isFirst || long.IsPow2(equal) ? refused with { Count = equal }
            : null;
    }

    private OfClient FindOrAdd(string name, long now)
    {
        var key = _clients.ContainsKey(name) || _clients.Count < MaxClients ? name : Others;
        if (!_clients.TryGetValue(key, out var client) || time.GetElapsedTime(client.Since, now) >= Window)
        {
            _clients[key] = client = new OfClient(now);
        }

        return client;
    }

    private sealed class OfClient(long since)
    {
        private readonly Dictionary<(string Action, string? Rule), long> _counts = [];

        private readonly HashSet<(string Rule, BlsPublicKey Key)> _offended = [];

        public long Since { get; } = since;

        public long Written { get; set; }

        // An offence is refused of a key that is here: there are no more of these than keys.
        public bool IsFirstOffence(AuditEntry refused) =>
            refused is { Rule: { } rule, ShareKey: { } key } && _offences.Contains(rule) && _offended.Add((rule, key));

        public long Count((string Action, string? Rule) kind) => _counts[kind] = _counts.GetValueOrDefault(kind) + 1;

        public void TakeBack((string Action, string? Rule) kind, AuditEntry? firstOffence)
        {
            _counts[kind]--;
            Written--;
            if (firstOffence is { Rule: { } rule, ShareKey: { } key })
            {
                _ = _offended.Remove((rule, key));
            }
        }
    }
}
