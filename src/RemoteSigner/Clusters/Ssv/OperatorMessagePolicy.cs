namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// What our operator may say to the others with its RSA key: consensus and partial signatures, in our SSV network, about duties of
/// validators of which a share is held here. Anything else that is offered for signing is refused, so that whoever gets at the door cannot
/// have a statement of his own signed.
/// </summary>
/// <param name="domains">The network's, now and at its next fork.</param>
/// <param name="anyValidator">Bears messages about validators that are not known here: an SSV node sends shares without saying whose they
/// are.</param>
public sealed class OperatorMessagePolicy(IReadOnlySet<SsvDomain> domains, bool anyValidator)
{
    /// <summary>True when messages about validators that are not known here are borne.</summary>
    public bool BearsAnyValidator => anyValidator;

    /// <summary>Why a message must not be signed; null when it may.</summary>
    /// <param name="message">What was read of the bytes; null when they are no such message.</param>
    /// <param name="places">Where shares are held: the validator and the operators of its cluster.</param>
    public OperatorMessageRefusal? Judge(SsvMessage? message, IReadOnlyList<OwnShare> places)
    {
        if (message is null)
        {
            return new OperatorMessageRefusal(
                OperatorMessageFault.NotAnSsvMessage,
                "the bytes are neither a step of the consensus nor partial signatures, in SSZ as ssv-spec has them"
            );
        }

        if (!domains.Contains(message.Domain))
        {
            return new OperatorMessageRefusal(
                OperatorMessageFault.OtherSsvNetwork,
                $"the message is for the SSV domain {message.Domain}, this signer speaks in "
                    + $"{string.Join(", ", domains)} (ssv.domains in signer.json)"
            );
        }

        if (message.Signer is { } signer && places.Count > 0 && places.All(place => place.OperatorId != signer))
        {
            return new OperatorMessageRefusal(
                OperatorMessageFault.OtherOperator,
                $"the message is from operator {signer}, the shares here are of {places[0].OperatorId}"
            );
        }

        return
            anyValidator || places.Any(place => message.Validator is { } key ? place.GroupKey == key : place.Committee == message.Committee)
            ? null
            : new OperatorMessageRefusal(
                OperatorMessageFault.UnknownValidator,
                "no share is known here of "
                    + (
                        message.Validator is { } validator
                            ? $"the validator {validator}"
                            : $"a validator of the committee {message.Committee}"
                    )
                    + "; see ssv.validators in signer.json"
            );
    }
}
