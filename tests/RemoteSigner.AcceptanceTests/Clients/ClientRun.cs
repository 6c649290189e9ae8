using System.Net;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// One client at one signer, through a state of its life: one that runs with all its keys, and one that is started just now. What it saw is
/// gathered until <see cref="Judge"/> says what became of it.
/// </summary>
internal sealed class ClientRun(ClientFixture client, ClientLine line, IReadOnlySet<string> allKeys)
{
    private HashSet<string> _attended = [.. allKeys];
    private readonly HashSet<string> _starts = [];
    private readonly HashSet<string> _faults = [];
    private readonly HashSet<string> _answers = [];
    private int _signed;
    private int _lost;
    private bool? _isWell;

    public ClientFixture Client => client;

    public ClientLine Line => line;

    /// <summary>The client's next state begins, with all its keys.</summary>
    public void Begin()
    {
        _attended = [.. allKeys];
        _starts.Clear();
        _faults.Clear();
        _answers.Clear();
        (_signed, _lost, _isWell) = (0, 0, null);
    }

    /// <summary>It is started, it asks for its keys anew, it signs, as it does each epoch.</summary>
    /// <param name="keysAreOpen">Then who starts gets his keys.</param>
    /// <param name="mayLose">Keys that are not, or no more, for this client.</param>
    public async Task LiveAsync(string key, string body, bool keysAreOpen, IReadOnlySet<string> mayLose)
    {
        if (client.ListPath is { } path)
        {
            Start(client.AtStart(await line.AskAsync("GET", path, client.ListAccept)), keysAreOpen, mayLose);
            if (client.Later is { } later && later(await line.AskAsync("GET", path, client.ListAccept)) is ListEffect.Attends(var keys))
            {
                _attended = [.. keys];
            }
        }

        await SignAsync(key, body);
        if (client.Health is var (health, isWell))
        {
            _isWell = isWell(await line.AskAsync("GET", health, null)) && _isWell != false;
        }
    }

    public async Task<bool> SignAsync(string key, string body)
    {
        var answer = await line.AskAsync("POST", client.SignPath + key, client.SignAccept, body);
        var signature = client.Signature(answer);
        _answers.Add(
            answer is null ? "no answer" : $"{(int)answer.Status}{(client.Retries.Contains((int)answer.Status) ? " and asks again" : "")}"
        );
        _ = signature is null ? _lost++ : _signed++;
        if (answer?.Status == HttpStatusCode.OK && signature is null)
        {
            _faults.Add($"it cannot read the signature: {answer.ContentType}: {answer.Text}");
        }

        if (answer is not null && answer.Status != HttpStatusCode.OK && signature is not null)
        {
            _faults.Add($"it takes an error for a signature: {answer.Text}");
        }

        return signature is not null;
    }

    /// <summary>What must not be in this state, and the whole in a line.</summary>
    public ClientVerdict Judge(bool mustSign, bool mustNotSign, IReadOnlySet<string> mayLose, bool mustBeWell = false)
    {
        var dropped = allKeys.Except(_attended).ToList();
        List<string> faults = [.. _faults];
        if (dropped.Except(mayLose).Any())
        {
            faults.Add($"it drops {dropped.Except(mayLose).Count()} validators that are here");
        }

        if (mustSign && _lost > 0)
        {
            faults.Add($"{_lost} duties are lost, {string.Join(", ", _answers)}");
        }

        if (mustBeWell && _isWell == false)
        {
            faults.Add("it finds the signer unwell");
        }

        if (mustNotSign && _signed > 0)
        {
            faults.Add($"{_signed} duties are signed");
        }

        var keeps =
            client.ListPath is null ? "has its keys from a file"
            : dropped.Count == 0 ? $"keeps {_attended.Count}"
            : $"keeps {_attended.Count}, drops {dropped.Count}";
        var started = _starts.Count == 0 ? "" : $"; started now: {string.Join(" or ", _starts.Order(StringComparer.Ordinal))}";
        var signs =
            _signed + _lost == 0
                ? ""
                : $"; signs {_signed} of {_signed + _lost}"
                    + (_lost == 0 ? "" : $" ({string.Join(", ", _answers.Order(StringComparer.Ordinal))})");
        var well = _isWell is { } isWell ? $"; finds it {(isWell ? "well" : "unwell")}" : "";
        return new ClientVerdict(keeps + started + signs + well, faults);
    }

    // One that starts may end and be started again, or wait; to begin with fewer validators than there are it must not.
    private void Start(ListEffect effect, bool keysAreOpen, IReadOnlySet<string> mayLose)
    {
        _starts.Add(
            effect switch
            {
                ListEffect.Attends(var keys) => $"has {keys.Count}",
                ListEffect.Ends => "ends, to be started again",
                ListEffect.Waits => "asks again",
                _ => "has its keys",
            }
        );
        if (effect is ListEffect.Attends(var some) && !some.IsSupersetOf(allKeys.Except(mayLose)))
        {
            _faults.Add($"started now it begins with {some.Count} validators");
        }

        if (keysAreOpen && effect is not ListEffect.Attends)
        {
            _faults.Add("started now it gets no keys, though they are open");
        }
    }
}
