using RemoteSigner.Oracle;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <content>Duties: past the fence, then before slashing protection.</content>
internal sealed partial class World
{
    private readonly List<ModelDuty> _asked = [];
    private readonly Dictionary<int, HashSet<ModelDuty>> _granted = [];

    private async Task AskAsync(Place place, List<Step.Ask> asks)
    {
        var life = await LiveAsync(place);
        if (life.IsClosed && ++life.Idle > 1)
        {
            await ClearAsync(place);
            life = await LiveAsync(place);
        }

        var questions = new List<Question>();
        foreach (var ask in asks)
        {
            var question = Ask(place.Model, ask);
            if (await PassesAsync(life, question))
            {
                questions.Add(question);
            }
        }

        var decisions = await life.Slashing.RequestAsync(
            questions.ConvertAll(question =>
                (PermitRequest)
                    new PermitRequest.Ask(Duties.Key(question.Key, question.Group), question.Message, life.Witnessed(question.Content))
                    {
                        OnlyIfOnRecord = question.OnlyIfOnRecord,
                    }
            )
        );
        for (var i = 0; i < decisions.Count; i++)
        {
            Judge(place, questions[i], decisions[i]);
        }
    }

    private Question Ask(IModelLedger model, Step.Ask ask)
    {
        var key = ask.Group == 1 ? Like(model, ask.Key, "Active") : ask.Key;
        int? group = ask.Group switch
        {
            0 => null,
            1 => model.KeysWith(key).Where(other => other > 10).Cast<int?>().FirstOrDefault(),
            _ => key % 2 == 0 ? 11 : 12,
        };
        if (ask.Content.Kind == Step.Kind.Other)
        {
            return new Question(key, group, _book.Message(SlashableContent.None.Instance, ask.Content.Root), null, false);
        }

        var duty = Lay(model, key, ask.Content);
        SlashableContent content = duty.IsBlock ? Duties.Block((ulong)duty.Target) : Duties.Vote((ulong)duty.Source, (ulong)duty.Target);
        var message = _book.Message(content, ask.Content.Root);
        duty = duty with { Root = _book.NumberOf(message.SigningRoot) };
        _asked.Add(duty);
        return new Question(key, group, message, duty, ask.OnlyIfOnRecord);
    }

    /// <summary>Where this duty lies now; its root is that of no message yet.</summary>
    private ModelDuty Lay(IModelLedger model, int key, Step.Shape content)
    {
        var isBlock = content.Kind == Step.Kind.Block;
        var (source, target) = content.Near switch
        {
            Step.Near.OwnLowWatermark when model.LowWatermarksOf(key) is { Slot: { } slot } && isBlock => (0, slot),
            Step.Near.OwnLowWatermark when model.LowWatermarksOf(key) is { Vote: var (s, t) } && !isBlock => (s, t),
            Step.Near.LowWatermarkOfAll when model.LowWatermark is { } lowWatermark => (
                lowWatermark.Source,
                isBlock ? lowWatermark.Fence * SlotsPerEpoch : lowWatermark.Fence
            ),
            Step.Near.Earlier
                when _asked.Count > 0 && _asked[^(1 + (content.Earlier % _asked.Count))] is var earlier && earlier.IsBlock == isBlock => (
                earlier.Source,
                earlier.Target
            ),
            _ => Newest(model, isBlock, content),
        };
        return new ModelDuty(isBlock, isBlock ? 0 : Math.Max(0, source + content.Source), Math.Max(0, target + content.Target), null);
    }

    // What a low watermark under all keys refuses nobody asks for any more, mostly.
    private (long Source, long Target) Newest(IModelLedger model, bool isBlock, Step.Shape content)
    {
        var epoch = model.LowWatermark is { } lowWatermark && content.Root != 2 ? Math.Max(_epoch, lowWatermark.Fence) : _epoch;
        return isBlock ? (0, (epoch * SlotsPerEpoch) + content.Source) : (epoch - (2 * content.Source) + content.Target, epoch);
    }

    /// <summary>The fence lets pass what the model's does: at once, or once it has moved.</summary>
    private async Task<bool> PassesAsync(Life life, Question question)
    {
        var atOnce = question.Duty is { } asked && life.Anchor.Lets(asked);
        var refusal = await life.Fence.CoverAsync(question.Content);
        await life.SettleAsync();
        DisagreementException.ThrowUnless(life.IsClosed == (life.Anchor.Start is null || life.Anchor.IsElsewhere), () =>
            $"the fence says {life.Fence.State.Closed}"
        );
        if (question.Duty is not { } duty || (!duty.IsBlock && duty.Source > duty.Target))
        {
            // What is no vote is not the fence's business: the rules refuse it.
            _tally.Note("fence", refusal is null ? "nothing to cover" : "closed");
            return refusal is null;
        }

        var otherwise = life.IsClosed ? "closed" : "not moved";
        Agree("fence", refusal is null ? "passed" : otherwise, atOnce || life.Anchor.Lets(duty) ? "passed" : otherwise);
        if (refusal is null)
        {
            life.Anchor.Cover(duty);
        }

        return refusal is null;
    }

    private void Judge(Place place, Question question, PermitDecision decision)
    {
        if (question.Duty is not { } duty)
        {
            Agree(
                "other duty",
                Name(decision),
                place.Model.MayAsk(question.Key, question.Group) ? IModelLedger.Allowed : nameof(SlashingRule.KeyNotActive)
            );
            return;
        }

        var (verdict, after) = place.Model.Permit(question.Key, question.Group, duty);
        var isEvaluated = question.OnlyIfOnRecord && verdict == IModelLedger.Allowed;
        var what = duty.IsBlock ? "block" : "vote";
        DisagreementException.ThrowUnless(Name(decision) == (isEvaluated ? nameof(PermitDecision.NotOnRecord) : verdict), () =>
            $"{what} {duty} of key {question.Key}: the program says {decision}, the model {verdict}"
        );
        _tally.Note(what, isEvaluated ? nameof(PermitDecision.NotOnRecord) : verdict);
        if (decision is PermitDecision.Granted)
        {
            place.Model = after;
            _epoch = Math.Max(_epoch, duty.IsBlock ? duty.Target / SlotsPerEpoch : duty.Target);
            place.Life!.Anchor.Grant(duty);
            Grant(place.Model, question.Key, duty);
        }
    }

    /// <summary>The theorem, of what was granted in this world: no two for keys of one validator conflict.</summary>
    private void Grant(IModelLedger model, int key, ModelDuty duty)
    {
        foreach (var other in model.KeysWith(key))
        {
            var granted = _granted.TryGetValue(other, out var known) ? known : _granted[other] = [];
            if (granted.Add(duty))
            {
                DisagreementException.ThrowUnless(!granted.Any(duty.ConflictsWith), () =>
                    $"{duty} was granted to key {key}, and so was {granted.First(duty.ConflictsWith)} to a key of the same validator"
                );
            }
        }
    }

    private static string Name(PermitDecision decision) =>
        decision switch
        {
            PermitDecision.Granted { AlreadySigned: true } => IModelLedger.AllowedAgain,
            PermitDecision.Granted => IModelLedger.Allowed,
            PermitDecision.Refused(var rule, _) => rule.ToString(),
            PermitDecision.NotOnRecord => nameof(PermitDecision.NotOnRecord),
            _ => throw new DisagreementException($"a request ended as {decision}"),
        };

    /// <summary>What is asked for; no duty: nothing that can be slashed.</summary>
    private sealed record Question(int Key, int? Group, RootedMessage Message, ModelDuty? Duty, bool OnlyIfOnRecord)
    {
        public SlashableContent Content => Message.Message.Slashable;
    }
}
