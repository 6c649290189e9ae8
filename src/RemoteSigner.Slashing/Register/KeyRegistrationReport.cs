namespace RemoteSigner.Slashing;

/// <summary>
/// How an enrolment ended: with refusals nothing was kept; else what the history that came along brought (null: none came).
/// </summary>
public sealed record KeyRegistrationReport(IReadOnlyList<RefusedRegistration> Refused, InterchangeReport? History);
