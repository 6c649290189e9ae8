using System.Text;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>An interchange file that another signer, or anybody, might have made.</summary>
internal static class ForeignFile
{
    public static MemoryStream Of(BlsPublicKey key, IEnumerable<SlashingOracle.Duty> duties, Root chain) =>
        new(
            Encoding.UTF8.GetBytes(
                $$"""
                {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{chain}}"},"data":[{"pubkey":"{{key}}",
                "signed_blocks":[{{string.Join(
                    ',',
                    duties.Where(duty => duty.IsBlock).Select(duty =>
                        $$"""{"slot":"{{duty.Target}}","signing_root":"{{Message(duty.Content, Root(duty.Root), chain).SigningRoot}}"}"""
                    )
                )}}],
                "signed_attestations":[{{string.Join(
                    ',',
                    duties.Where(duty => !duty.IsBlock).Select(duty =>
                        $$"""{"source_epoch":"{{duty.Source}}","target_epoch":"{{duty.Target}}","signing_root":"{{Message(duty.Content, Root(duty.Root), chain).SigningRoot}}"}"""
                    )
                )}}]}]}
                """
            )
        );
}
