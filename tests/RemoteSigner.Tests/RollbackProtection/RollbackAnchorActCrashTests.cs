using RemoteSigner.Administration;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// Acts about the anchor that end at every step of it, killed or failed. Whatever is done next, and whichever copy of the ledger is put
/// back beside whichever anchor: no two votes contradict each other, and somebody at the console gets the signer to sign again.
/// </summary>
[Trait("Speed", "slow")]
public sealed class RollbackAnchorActCrashTests
{
    private const ulong Guess = 60;

    public static TheoryData<string, bool> Kinds =>
        new()
        {
            { "Counter", true },
            { "Counter", false },
            { "Objects", true },
            { "Objects", false },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task An_interrupted_enrolment_is_repeated(string kind, bool dies) => AtEveryStepAsync(kind, dies, async scene =>
        {
            await scene.ForgetAnchorAsync();
            Func<Standing, AdminAct<string>> enrol = standing => new EnrolAnchor(standing, new Epoch(SharedDirectory.Fence));
            await scene.InterruptAsync(enrol);

            await scene.RepeatAsync(enrol);

            await scene.RequireVoteAsync(scene.First);
        });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_fence_that_moves_is_never_in_two_places(string kind, bool dies) => AtEveryStepAsync(kind, dies, async scene =>
        {
            Func<Standing, AdminAct<string>> move = standing => new MoveAnchor(standing, scene.Second);
            _ = scene.Copy();
            await scene.InterruptAsync(move);

            await scene.RepeatAsync(move);

            await scene.RequireVoteAsync(scene.Second);
            await scene.RequireHarmlessAsync();
        });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task An_anchor_that_is_left_vouches_for_no_copy(string kind, bool dies) => AtEveryStepAsync(kind, dies, async scene =>
        {
            Func<Standing, AdminAct<string>> leave = standing => new LeaveAnchor(standing);
            _ = scene.Copy();
            await scene.InterruptAsync(leave);

            await scene.RepeatAsync(leave);

            await scene.RequireVoteAsync(null);
            await scene.RequireHarmlessAsync();
        });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_refusal_that_is_being_cleared_lets_nothing_pass_that_may_be_lost(string kind, bool dies) =>
        AtEveryStepAsync(kind, dies, async scene =>
        {
            var before = scene.Copy();
            await scene.RequireVoteAsync(scene.First);
            await scene.PutBackAsync(before);
            Func<Standing, AdminAct<SignedBounds>> clear = standing => new ClearRefusal(
                standing,
                RollbackReason.LedgerRolledBack,
                new Epoch(Guess)
            );
            await scene.InterruptAsync(clear);

            await scene.RepeatAsync(clear);

            await scene.RequireVoteAsync(scene.First);
            await scene.RequireHarmlessAsync();
        });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Floors_that_are_being_lifted_are_there_or_not(string kind, bool dies) => AtEveryStepAsync(kind, dies, async scene =>
        {
            _ = scene.Copy();
            await scene.RequireVoteAsync(scene.First, crashes: true);
            Func<Standing, AdminAct<bool>> lift = standing => new EndLowWatermarks(standing);
            await scene.InterruptAsync(lift);

            await scene.RepeatAsync(lift);

            await scene.RequireVoteAsync(scene.First);
            await scene.RequireHarmlessAsync();
        });

    private static async Task AtEveryStepAsync(string kind, bool dies, Func<RollbackAnchorActScene, Task> story)
    {
        var steps = 0;
        for (var isInterrupted = true; isInterrupted; steps++)
        {
            foreach (var startsBetween in (bool[])[true, false])
            {
                await using var scene = await RollbackAnchorActScene.CreateAsync(
                    Enum.Parse<RollbackAnchorKind>(kind),
                    steps,
                    dies,
                    startsBetween
                );
                await story(scene);
                isInterrupted = scene.WasInterrupted;
            }
        }

        Assert.InRange(steps, 5, 100);
        TestContext.Current.SendDiagnosticMessage($"{steps} steps");
    }
}
