using System.Security.Cryptography;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing;

/// <summary>The evidence of a decision where there is no audit log: an entry of the chain that holds the signing root.</summary>
internal sealed partial class TemporarySigner
{
    public partial EvidenceRecorder Anchor(ProtectedKey key, SlashableContent content) =>
        (transaction, root, _) =>
        {
            var before = new byte[SHA256.HashSizeInBytes];
            var sequence = LedgerEntries.Newest(transaction, before) + 1;
            var text = LedgerEntries.Next(transaction);
            text.Hex(root.Bytes);
            LedgerEntries.Append(transaction, sequence, SHA256.HashData([.. before, .. text.Bytes]));
            return sequence;
        };

    private partial Task OpenEvidenceAsync(Ledger ledger) => LedgerEntries.OpenAsync(ledger);
}
