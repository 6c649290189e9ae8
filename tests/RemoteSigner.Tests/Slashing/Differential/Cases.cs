namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>What must have happened in a run that is to mean something: every kind of step with every verdict.</summary>
internal static class Cases
{
    private static readonly string[] _any =
    [
        "Allowed",
        "AllowedAgain",
        "NotOnRecord",
        "KeyNotActive",
        "BelowGlobalLowWatermark",
        "AtOrAboveHighWatermark",
    ];

    private static readonly string[] _votes =
    [
        "SourceAfterTarget",
        "SourceBelowLowWatermark",
        "TargetBelowLowWatermark",
        "DoubleVote",
        "SurroundedVote",
        "SurroundingVote",
    ];

    private static readonly string[] _files = ["Taken", "Contradiction", "BeyondLimit"];

    private static readonly string[] _others =
    [
        "other duty: Allowed",
        "other duty: KeyNotActive",
        "fence: passed",
        "fence: not moved",
        "fence: closed",
        "activation: active",
        "activation: nothing",
        "retirement: Retiring",
        "retirement: Releasing",
        "end of a key: Retired",
        "end of a key: Released",
        "leave to come back: Released",
        "key FromHistory: Enrolled",
        "key FromHistory: NoLowWatermark",
        "key FromHistory: OtherGroup",
        "key FromHistory: WasRetired",
        "key NeverSigned: Enrolled",
        "key NeverSigned: HasHistory",
        "key FromNow: Enrolled",
        "key Continued: Enrolled",
        "key Continued: NoLowWatermark",
        "key that changes its group: Enrolled",
        "key that changes its group: OtherGroup",
        "enrolment: Taken",
        "enrolment with history: Taken",
        "enrolment with history: Contradiction",
        "pruning: dropped records",
        "low watermark: rose",
        "high watermark: set",
        "high watermark: taken away",
        "export: made",
        "import of an export, complete: Taken",
        "import of an export, low watermarks at its lowest: Taken",
        "crash: killed",
        "process: died at the anchor",
        "copy put back: over the first directory",
        "copy put back: as a second one",
        "second start meanwhile: beside a start",
        "second start meanwhile: beside a run",
        "anchor: counts fewer starts than before",
        "start: Serve",
        "start: RaiseLowWatermarks",
        "start: StartedElsewhere",
        "start: LedgerRolledBack",
        "start: CounterBehind",
        "start: RecordBehind",
        "stop: orderly",
        "stop: not on the anchor",
        "low watermark under all keys: ended",
        "low watermark under all keys: fell to an earlier one",
        "cleared by a person: LedgerRolledBack",
        "cleared by a person: RecordBehind",
        "cleared by a person: CounterBehind",
    ];

    public static IEnumerable<string> All =>
        [
            .. _any.Concat(["BlockBelowLowWatermark", "DoubleProposal"]).Select(verdict => $"block: {verdict}"),
            .. _any.Concat(_votes).Select(verdict => $"vote: {verdict}"),
            .. _files.SelectMany(outcome => new[] { $"import, complete: {outcome}", $"import, low watermarks at its lowest: {outcome}" }),
            .. _others,
        ];
}
