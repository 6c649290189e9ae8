namespace RemoteSigner.Tpm2;

/// <summary>
/// Which session of a command hides its first parameter, and which the response's (Part 1 §21.2): the first that wants to does both.
/// </summary>
internal readonly ref struct SessionLayer
{
    private SessionLayer(TpmSession? decrypting, TpmSession? encrypting) => (Decrypting, Encrypting) = (decrypting, encrypting);

    public TpmSession? Decrypting { get; }

    public TpmSession? Encrypting { get; }

    /// <summary>Gives every session its next nonce and encrypts the first parameter in place.</summary>
    public static SessionLayer Begin(CommandShape shape, ReadOnlySpan<TpmAuthorization> authorizations, Span<byte> parameters)
    {
        var hiding = FirstEncrypting(authorizations);
        var layer = new SessionLayer(shape.SizedParameter ? hiding : null, shape.SizedResponse ? hiding : null);
        foreach (var authorization in authorizations)
        {
            if (authorization is TpmSession session)
            {
                session.Begin(session == layer.Decrypting, session == layer.Encrypting);
            }
        }

        layer.Decrypting?.EncryptParameter(FirstParameter(parameters));
        return layer;
    }

    /// <summary>
    /// The nonces that the first session's HMAC covers besides its own, so that nobody takes the encrypting session away (Part 1 §19.6.5).
    /// </summary>
    public ReadOnlySpan<byte> OtherNonces(ReadOnlySpan<TpmAuthorization> authorizations, int position) =>
        position == 0 && (Decrypting ?? Encrypting) is { } hiding && hiding != authorizations[0] ? hiding.NonceTpm : [];

    /// <summary>The content of the TPM2B that comes first.</summary>
    public static Span<byte> FirstParameter(Span<byte> parameters) => parameters.Slice(2, new TpmReader(parameters).Sized().Length);

    private static TpmSession? FirstEncrypting(ReadOnlySpan<TpmAuthorization> authorizations)
    {
        foreach (var authorization in authorizations)
        {
            if (authorization is TpmSession { EncryptsParameters: true } session)
            {
                return session;
            }
        }

        return null;
    }
}
