using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Host.Running;

namespace RemoteSigner.Tests.Http;

public sealed class GuessBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Whoever_guesses_beyond_the_budget_waits_a_second_for_each()
    {
        using var budget = new GuessBudget(_time);
        for (var i = 0; i < GuessBudget.Burst + 2; i += 2)
        {
            using var turn = await budget
                .BeginAsync(CancellationToken.None)
                .WaitAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
            budget.Spend(2);
        }

        var next = budget.BeginAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task One_push_at_a_time_and_one_that_was_given_up_leaves_no_trace()
    {
        using var budget = new GuessBudget(_time);
        var first = await budget.BeginAsync(CancellationToken.None);
        using var gone = new CancellationTokenSource();
        var second = budget.BeginAsync(gone.Token);
        Assert.False(second.IsCompleted);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        budget.Spend(GuessBudget.Burst + 5);
        first.Dispose();
        using var late = new CancellationTokenSource();
        var third = budget.BeginAsync(late.Token);
        Assert.False(third.IsCompleted);
        await late.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);

        _time.Advance(TimeSpan.FromSeconds(5));
        using var fourth = await budget.BeginAsync(CancellationToken.None).WaitAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_budget_is_whole_again_after_a_while_and_not_larger()
    {
        using var budget = new GuessBudget(_time);
        _time.Advance(TimeSpan.FromHours(1));
        using (await budget.BeginAsync(CancellationToken.None))
        {
            budget.Spend(GuessBudget.Burst + 1);
        }

        Assert.False(budget.BeginAsync(CancellationToken.None).IsCompleted);
    }
}
