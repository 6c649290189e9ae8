using System.Collections.Frozen;
using Net.Pkcs11Interop.Common;

namespace RemoteSigner.Sealing;

/// <summary>How the template of a new key differs from PKCS#11's book.</summary>
/// <param name="Omit">Attributes (<c>CKA_…</c>) this token refuses to be told.</param>
/// <param name="Extra">Further yes/no attributes of the private or secret key.</param>
public sealed record HsmKeyTemplate(IReadOnlyList<string> Omit, IReadOnlyDictionary<string, bool> Extra)
{
    private static readonly FrozenSet<string> _attributes = Enum.GetNames<CKA>().ToFrozenSet(StringComparer.Ordinal);

    // Not Enum.TryParse: it takes numbers, too, and several names at once.
    internal static bool IsAttribute(string name) => _attributes.Contains(name);

    internal bool Sends(CKA attribute) => !Omit.Contains(attribute.ToString());

    internal IEnumerable<(CKA Attribute, bool Value)> ExtraAttributes() => Extra.Select(pair => (Enum.Parse<CKA>(pair.Key), pair.Value));
}
