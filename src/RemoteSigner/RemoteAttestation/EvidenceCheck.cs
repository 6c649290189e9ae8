namespace RemoteSigner.RemoteAttestation;

/// <summary>How one check of an evidence ended.</summary>
public enum CheckVerdict
{
    Pass,
    Fail,

    /// <summary>There was nothing to check it against; the detail says what was missing.</summary>
    NotChecked,
}

/// <summary>One line of the verdict on an evidence.</summary>
/// <param name="Name">Stable, for programs: <c>quote</c>, <c>fence</c>, …</param>
/// <param name="Detail">For people: what was found, or why not.</param>
public sealed record EvidenceCheck(string Name, CheckVerdict Verdict, string Detail)
{
    internal static EvidenceCheck Pass(string name, string detail) => new(name, CheckVerdict.Pass, detail);

    internal static EvidenceCheck Fail(string name, string detail) => new(name, CheckVerdict.Fail, detail);

    internal static EvidenceCheck NotChecked(string name, string why) => new(name, CheckVerdict.NotChecked, why);

    internal static EvidenceCheck Of(string name, bool good, string detail, string fault) => good ? Pass(name, detail) : Fail(name, fault);
}
