using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// An interchange file has something that nobody can have signed by now: taken over, it would disable the validator until then. Nothing of
/// it was kept. That may be no fault of the file: low watermarks that were raised for safety lie ahead of the clock, and are exported.
/// </summary>
public sealed class InterchangeFutureException(BlsPublicKey publicKey, string member, string what, string limit)
    : InterchangeException(
        $"validator {publicKey}: {member} has {what}, and nobody can have signed beyond {limit} "
            + "by now: taken over, it would disable the validator until then",
        publicKey.ToString(),
        member
    );
