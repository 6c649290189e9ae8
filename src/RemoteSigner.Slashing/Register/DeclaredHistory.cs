namespace RemoteSigner.Slashing;

/// <summary>What the operator states about a key that is registered. There is no default: a wrong guess can slash.</summary>
public enum DeclaredHistory
{
    /// <summary>
    /// What it signed elsewhere was imported, or it signed here before; without any record or low watermark it is refused.
    /// </summary>
    FromHistory,

    /// <summary>It never signed anywhere. With history that is found all the same it is refused: one of the two is wrong.</summary>
    NeverSigned,

    /// <summary>Nobody states its past: its low watermarks rise to <see cref="KeyRegistration.From"/>, whatever history there is.</summary>
    FromNow,

    /// <summary>
    /// Another share of its validator was sealed here, so its history goes on, whatever it holds; where the validator is not known it is
    /// refused.
    /// </summary>
    Continued,
}
