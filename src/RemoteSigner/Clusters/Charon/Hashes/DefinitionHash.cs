using System.Text;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// Computes <c>config_hash</c> (what operators agree on and sign) and <c>definition_hash</c> (that, with ENRs and signatures). Three
/// schemes by version; the room's README has them leaf by leaf.
/// </summary>
internal static class DefinitionHash
{
    public const int MaxUuid = 64;
    public const int MaxName = 256;
    public const int MaxTimestamp = 32;
    public const int MaxDkgAlgorithm = 32;
    public const int MaxEnr = 1024;
    public const int MaxConsensusProtocol = 256;

    private const int MaxVersion = 16;
    private const int MaxSignatures = 32;

    public static Root Config(ClusterDefinition definition) => Compute(definition, whole: false);

    public static Root Definition(ClusterDefinition definition) => Compute(definition, whole: true);

    private static Root Compute(ClusterDefinition definition, bool whole) =>
        definition.Version switch
        {
            { IsLegacy: true } => Legacy(definition, whole),
            { HasAddressesPerValidator: false } => Middle(definition, whole),
            _ => Modern(definition, whole),
        };

    // v1.0 to v1.2: everything is text, and nothing tells an empty text from a missing one.
    private static Root Legacy(ClusterDefinition definition, bool whole)
    {
        var addresses = definition.AddressesOf(0);
        var leaves = new SszLeaves()
            .PutText(definition.Uuid)
            .PutText(definition.Name)
            .PutText(definition.Version.ToString())
            .Put((ulong)definition.NumValidators)
            .Put((ulong)definition.Threshold)
            .PutText(addresses.FeeRecipient)
            .PutText(addresses.Withdrawal)
            .PutText(definition.DkgAlgorithm)
            .PutText(definition.ForkVersion.ToString());
        // An operator without an address left no leaf in the config hash, but was counted: as if zeroes stood at the end of the list.
        var operators = definition.Operators.OrderBy(member => !whole && member.Address.Length == 0);
        leaves.PutList([.. operators], definition.Operators.Length, member => LegacyOperator(definition.Version, member, whole));
        var omitsTimestamp = whole && definition.Version.Minor == 0;
        return (omitsTimestamp ? leaves : leaves.PutText(definition.Timestamp)).Root;
    }

    private static Root LegacyOperator(ClusterVersion version, ClusterOperator member, bool whole)
    {
        var leaves = new SszLeaves().PutText(member.Address);
        if (!whole)
        {
            return SszHasher.Bytes(Encoding.UTF8.GetBytes(member.Address));
        }

        leaves.PutText(member.Enr);
        if (version.IsBase64)
        {
            leaves.Put(0);
        }

        return leaves.PutBytes(member.ConfigSignature.AsSpan()).PutBytes(member.EnrSignature.AsSpan()).Root;
    }

    // v1.3 and v1.4: addresses as bytes, one pair of them for all validators, and what is empty leaves no leaf.
    private static Root Middle(ClusterDefinition definition, bool whole)
    {
        var addresses = definition.AddressesOf(0);
        var leaves = Head(definition)
            .PutBytes(AddressBytes(addresses.FeeRecipient))
            .PutBytes(AddressBytes(addresses.Withdrawal))
            .PutTextList(definition.DkgAlgorithm, MaxDkgAlgorithm)
            .PutBytes(definition.ForkVersion.Bytes)
            .PutList(definition.Operators, DefinitionJson.MaxOperators, member => MiddleOperator(member, whole));
        if (definition.Creator is { } creator)
        {
            var signature = whole ? creator.ConfigSignature.AsSpan() : [];
            leaves.Put(new SszLeaves().PutBytes(AddressBytes(creator.Address)).PutBytes(signature).Root);
        }

        return (whole ? leaves.Put(definition.ConfigHash) : leaves).Root;
    }

    private static Root MiddleOperator(ClusterOperator member, bool whole)
    {
        var leaves = new SszLeaves().PutBytes(AddressBytes(member.Address));
        return (
            whole
                ? leaves.PutTextList(member.Enr, MaxEnr).PutBytes(member.ConfigSignature.AsSpan()).PutBytes(member.EnrSignature.AsSpan())
                : leaves
        ).Root;
    }

    // From v1.5 on: every member has its leaf.
    private static Root Modern(ClusterDefinition definition, bool whole)
    {
        var version = definition.Version;
        var leaves = Head(definition)
            .PutTextList(definition.DkgAlgorithm, MaxDkgAlgorithm)
            .PutBytes(definition.ForkVersion.Bytes)
            .PutList(definition.Operators, DefinitionJson.MaxOperators, member => ModernOperator(version, member, whole))
            .Put(ModernCreator(definition, whole))
            .PutList(definition.ValidatorAddresses, DefinitionJson.MaxValidators, Addresses);
        if (version.HasDepositAmounts)
        {
            leaves.Put(SszHasher.NumberList(definition.DepositAmounts.AsSpan(), DefinitionJson.MaxDepositAmounts));
        }

        if (version.HasConsensusProtocol)
        {
            leaves.PutTextList(definition.ConsensusProtocol, MaxConsensusProtocol);
        }

        if (version.HasGasLimit)
        {
            leaves.Put(definition.TargetGasLimit).Put(definition.Compounding ? 1UL : 0);
        }

        return (whole ? leaves.Put(definition.ConfigHash) : leaves).Root;
    }

    private static SszLeaves Head(ClusterDefinition definition) =>
        new SszLeaves()
            .PutTextList(definition.Uuid, MaxUuid)
            .PutTextList(definition.Name, MaxName)
            .PutTextList(definition.Version.ToString(), MaxVersion)
            .PutTextList(definition.Timestamp, MaxTimestamp)
            .Put((ulong)definition.NumValidators)
            .Put((ulong)definition.Threshold);

    private static Root ModernOperator(ClusterVersion version, ClusterOperator member, bool whole)
    {
        var leaves = new SszLeaves().PutVector(AddressBytes(member.Address), ExecutionAddress.Length);
        if (whole)
        {
            leaves
                .PutTextList(member.Enr, MaxEnr)
                .Put(Signature(version, member.ConfigSignature.AsSpan()))
                .Put(Signature(version, member.EnrSignature.AsSpan()));
        }

        return leaves.Root;
    }

    private static Root ModernCreator(ClusterDefinition definition, bool whole)
    {
        var creator = definition.Creator ?? new ClusterCreator("", []);
        var leaves = new SszLeaves().PutVector(AddressBytes(creator.Address), ExecutionAddress.Length);
        return (whole ? leaves.Put(Signature(definition.Version, creator.ConfigSignature.AsSpan())) : leaves).Root;
    }

    private static Root Signature(ClusterVersion version, ReadOnlySpan<byte> signature)
    {
        if (!version.HasSignatureLists)
        {
            return SszHasher.Bytes(signature.IsEmpty ? new byte[Secp256k1.RecoverableLength] : signature);
        }

        var each = new Root[signature.Length / Secp256k1.RecoverableLength];
        for (var i = 0; i < each.Length; i++)
        {
            each[i] = SszHasher.Bytes(signature.Slice(i * Secp256k1.RecoverableLength, Secp256k1.RecoverableLength));
        }

        return SszHasher.List(each, MaxSignatures);
    }

    private static Root Addresses(ValidatorAddresses addresses) =>
        new SszLeaves()
            .PutVector(AddressBytes(addresses.FeeRecipient), ExecutionAddress.Length)
            .PutVector(AddressBytes(addresses.Withdrawal), ExecutionAddress.Length)
            .Root;

    private static byte[] AddressBytes(string text) => text.Length == 0 ? [] : ExecutionAddress.Parse(text).Bytes.ToArray();
}
