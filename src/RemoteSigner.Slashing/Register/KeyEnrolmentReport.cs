namespace RemoteSigner.Slashing;

/// <summary>
/// How an enrolment ended: with refusals nothing was kept; else what the history that came along brought (null: none came).
/// </summary>
public sealed record KeyEnrolmentReport(IReadOnlyList<RefusedRegistration> Refused, InterchangeReport? History);
