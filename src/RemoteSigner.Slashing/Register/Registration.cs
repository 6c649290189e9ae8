namespace RemoteSigner.Slashing;

/// <summary>How the registration of a key ended; a closed choice.</summary>
public abstract record Registration
{
    private Registration() { }

    /// <summary>
    /// The key is known with its history. One that was not active before becomes it by <see cref="SlashingProtection.TurnAsync"/>, once its
    /// share is sealed.
    /// </summary>
    public sealed record Enrolled : Registration;

    /// <summary>There is no history of the key or its group key, and nobody said that it never signed.</summary>
    public sealed record NoLowWatermark : Registration;

    /// <summary>It was said that the key never signed, but there is history or a raised watermark of it or its group key.</summary>
    public sealed record HasHistory : Registration;

    /// <summary>The key was deleted here; it stays refused until it is enabled again.</summary>
    public sealed record WasRetired : Registration;

    /// <summary>The key's history belongs to another group key, or one of the two keys is used as the other kind.</summary>
    public sealed record OtherGroup : Registration;
}
