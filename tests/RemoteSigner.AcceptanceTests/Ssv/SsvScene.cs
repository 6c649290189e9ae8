using System.Text;
using RemoteSigner.Spec;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests;

/// <summary>The keyshares and operator keys of the shared vectors (ours; the RSA keys from ssv-keys), and files made of them.</summary>
internal sealed class SsvScene : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ssv-").FullName;

    public static string Keyshares => Vectors.Path("ssv-keyshares-4of3/keyshares.json");

    public static string Encrypted => Vectors.Read("ssv-keyshares-4of3/ssv-signer-add-request.json").ToJsonString();

    public static BlsPublicKey GroupKey =>
        BlsPublicKey.Parse(Vectors.Read("ssv-keyshares-4of3/keyshares.json")["shares"]![0]!["data"]!["publicKey"]!.GetValue<string>());

    /// <summary>As the contract's event has them.</summary>
    public static string[] Stated =>
        [
            "--owner",
            Vectors.Read("ssv-keyshares-4of3/keyshares.json")["shares"]![0]!["data"]!["ownerAddress"]!.GetValue<string>(),
            "--validator",
            GroupKey.ToString(),
        ];

    /// <summary>A stranger's, under whose own validator the first operator's public share stands, with what is encrypted to it.</summary>
    public static string Forged => Vectors.Path("forged/keyshares.json");

    /// <summary>The public share of the first operator.</summary>
    public static BlsPublicKey ShareKey =>
        BlsPublicKey.Parse(Vectors.Read("ssv-keyshares-4of3/ssv-signer-add-request.json")["share_keys"]![0]!["PubKey"]!.GetValue<string>());

    /// <summary>The first operator's public key as SSV shows it.</summary>
    public static string Identity => Vectors.Read("ssv-keyshares-4of3/operators.json")["operators"]![0]!["publicKey"]!.GetValue<string>();

    /// <summary>The first operator's private key, PEM.</summary>
    public string KeyFile => Write("operator.pem", Encoding.ASCII.GetString(Convert.FromBase64String(PrivateKey)));

    public static string PrivateKey =>
        Vectors.Read("ssv-keyshares-4of3/operators.json")["operators"]![0]!["privateKey"]!.GetValue<string>();

    public string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(_folder, name), text);
        return Path.Combine(_folder, name);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
