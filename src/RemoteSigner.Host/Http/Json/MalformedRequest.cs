namespace RemoteSigner.Host.Http;

/// <summary>
/// Why a sign request is answered 400: a <paramref name="Reason"/> that programs may compare (one of the constants, which never change),
/// and a <paramref name="Detail"/> for people that names the member.
/// </summary>
public sealed record MalformedRequest(string Reason, string Detail)
{
    /// <summary>What stands in answer and log; what of the body is in it cannot fill either, nor move a terminal's cursor.</summary>
    public string Detail { get; } = PeerText.Shown(Detail);

    /// <summary>The duty's name on the wire, once it was understood.</summary>
    public string? Duty { get; init; }

    /// <summary>The body is not one JSON object, or is nested deeper or has more members than any sign request.</summary>
    [Answered("400")]
    public const string MalformedJson = "malformed_json";

    /// <summary>
    /// The body is longer than such a request may be: <see cref="WireFormat.MaxBodyLength"/>, for a batch
    /// <see cref="WireFormat.MaxBatchLength"/>.
    /// </summary>
    [Answered("413")]
    public const string BodyTooLarge = "body_too_large";

    /// <summary>A member is missing.</summary>
    [Answered("400")]
    public const string MissingMember = "missing_member";

    /// <summary>A member stands twice in its object, or under both of its names with different values.</summary>
    [Answered("400")]
    public const string DoubledMember = "doubled_member";

    /// <summary>A value is of the wrong kind, length or size.</summary>
    [Answered("400")]
    public const string MalformedMember = "malformed_member";

    /// <summary>There is no such duty.</summary>
    [Answered("400")]
    public const string UnknownType = "unknown_type";

    /// <summary>The type is GENERIC: a digest is to be signed, which nobody can judge.</summary>
    [Answered("501")]
    public const string GenericNotSupported = "generic_not_supported";

    /// <summary>Too many large bodies are being read, or too many duties wait; ask again.</summary>
    [Answered("503")]
    public const string Busy = "busy";

    /// <summary>The body took too long to arrive.</summary>
    [Answered("408")]
    public const string TooSlow = "body_too_slow";

    /// <summary>A duty of this type is asked for one validator at a time.</summary>
    [Answered("400")]
    public const string NotBatchable = "not_batchable";

    /// <summary>There is no such fork.</summary>
    [Answered("400")]
    public const string UnknownFork = "unknown_fork";

    /// <summary>The fork is known, and has no such duty.</summary>
    [Answered("400")]
    public const string UnsupportedFork = "unsupported_fork";

    /// <summary>There is no place to wait for the signer (<see cref="Running.SigningPlaces"/>).</summary>
    public static MalformedRequest TooManyWait { get; } =
        new(Busy, "more duties wait than can be signed in time: ask again, or another signer");

    /// <summary>A body of more than <paramref name="most"/> bytes.</summary>
    /// <param name="most">As many as may be.</param>
    /// <param name="hint">What to do instead; empty where there is nothing.</param>
    public static MalformedRequest TooLarge(int most, string hint = "") =>
        new(BodyTooLarge, $"such a request has at most {most} bytes{hint}");
}
