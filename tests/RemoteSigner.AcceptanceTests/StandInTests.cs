using RemoteSigner.Rig;
using RemoteSigner.Sealing;

namespace RemoteSigner.AcceptanceTests;

/// <summary>The verbs with a token of every HSM profile, as its table says that it answers (<c>tests/pkcs11-stand-in</c>).</summary>
public sealed class StandInTests
{
    public static IEnumerable<TheoryDataRow<string>> Profiles() => HsmProfile.Names.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Makes_a_signer_opens_it_and_leaves_nothing_where_it_cannot(string name)
    {
        using var home = SignerHome.Empty();
        var module = StandIn.Of(name, home.Folder, SoftToken.Label);
        var table = StandIn.TableOf(name).ToDictionary(line => line.Key, line => line.Value);
        var kept = HsmProfile.Get(name).DataObjects.Kept;
        string[] init =
        [
            "init",
            "--network",
            "hoodi",
            "--seal",
            name,
            "--module",
            module.Module,
            "--token",
            table.GetValueOrDefault("label", SoftToken.Label),
            "--pin-file",
            home.Token.PinFile,
            "--tpm",
            $"swtpm:path={home.Beside("no-tpm")}",
        ];
        var spoken = kept switch
        {
            HsmPlace.Host => ["--anchor-on-host"],
            HsmPlace.None => ["--rollback-protection", "none"],
            _ => Array.Empty<string>(),
        };
        if (spoken.Length > 0)
        {
            Refusal.IsTold(await home.RunAsync(init), "data objects");
            Assert.Equal((false, 0), (Directory.Exists(home.Data), home.Token.Objects));
        }

        (await home.RunAsync([.. init, .. spoken])).Succeeded();
        await home.AddKeysAsync(1);
        (await home.RunAsync("seal", "rotate")).Succeeded();

        Assert.Contains(home.Keys[0].ToString(), (await home.RunAsync("keys", "list")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(kept == HsmPlace.None ? 4 : 5, home.Token.Objects);
    }
}
