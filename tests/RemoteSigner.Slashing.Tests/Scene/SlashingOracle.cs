namespace RemoteSigner.Tests.Slashing;

/// <summary>
/// EIP-3076 spelled out naively over everything one validator ever signed. It says what can be slashed, and what a complete history above
/// the given low watermarks has to allow.
/// </summary>
internal sealed class SlashingOracle
{
    private readonly List<(ulong Slot, int Root)> _blocks = [];
    private readonly List<(ulong Source, ulong Target, int Root)> _votes = [];

    public void Sign(Duty duty)
    {
        if (duty.IsBlock)
        {
            _blocks.Add((duty.Target, duty.Root));
        }
        else
        {
            _votes.Add((duty.Source, duty.Target, duty.Root));
        }
    }

    /// <summary>True when signing this beside all that was signed is a slashable offence.</summary>
    public bool IsSlashable(Duty duty) =>
        duty.IsBlock
            ? _blocks.Any(block => block.Slot == duty.Target && block.Root != duty.Root)
            : _votes.Any(vote =>
                (vote.Target == duty.Target && (vote.Root != duty.Root || vote.Source != duty.Source))
                || (vote.Source < duty.Source && vote.Target > duty.Target)
                || (vote.Source > duty.Source && vote.Target < duty.Target)
            );

    public bool WasSigned(Duty duty) =>
        duty.IsBlock ? _blocks.Contains((duty.Target, duty.Root)) : _votes.Contains((duty.Source, duty.Target, duty.Root));

    /// <summary>A duty of a small world, so that collisions are frequent: a block (slot in <paramref name="Target"/>) or a vote.</summary>
    internal sealed record Duty(bool IsBlock, ulong Source, ulong Target, int Root)
    {
        public RemoteSigner.Spec.SlashableContent Content => IsBlock ? Duties.Block(Target) : Duties.Vote(Source, Target);
    }
}
