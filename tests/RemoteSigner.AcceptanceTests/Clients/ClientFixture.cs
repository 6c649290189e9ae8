using System.Net;
using System.Text.Json;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>What a client makes of a list of keys, or of no answer to its question for one.</summary>
internal abstract record ListEffect
{
    /// <summary>From now on it attends to these validators and no others.</summary>
    internal sealed record Attends(IReadOnlySet<string> Keys) : ListEffect;

    /// <summary>It goes on with those that it has.</summary>
    internal sealed record Keeps : ListEffect;

    /// <summary>It has none yet and asks again.</summary>
    internal sealed record Waits : ListEffect;

    /// <summary>It ends, and whoever watches over it starts it again.</summary>
    internal sealed record Ends : ListEffect;
}

/// <summary>
/// A client as its source has it: what it sends, what it makes of answers. Behaviour is told in our own words, after the files that are
/// named with the version that was read.
/// </summary>
/// <param name="Source">Where that stands in the client's source.</param>
internal sealed record ClientFixture(string Name, string Version, string Source)
{
    private static readonly ListEffect _keeps = new ListEffect.Keeps();
    private static readonly ListEffect _ends = new ListEffect.Ends();
    private static readonly ListEffect _waits = new ListEffect.Waits();

    /// <summary>Where it asks for its keys; null where a file of its own names them.</summary>
    public string? ListPath { get; init; } = "/api/v1/eth2/publicKeys";

    public string? ListAccept { get; init; }

    public string SignPath { get; init; } = "/api/v1/eth2/sign/";

    public string? SignAccept { get; init; }

    /// <summary>The member under which it claims the signing root.</summary>
    public string RootName { get; init; } = "signingRoot";

    /// <summary>The type under which it asks for an aggregate of Electra and later, and whether it says the version.</summary>
    public (string Type, bool SaysVersion) Aggregate { get; init; } = ("AGGREGATE_AND_PROOF_V2", true);

    /// <summary>What a list is to it when it starts, and when it has keys already; null: it never asks again.</summary>
    public required Func<ApiAnswer?, ListEffect> AtStart { get; init; }

    public Func<ApiAnswer?, ListEffect>? Later { get; init; }

    /// <summary>The signature that it takes out of an answer; null where it counts the duty as lost.</summary>
    public required Func<ApiAnswer?, string?> Signature { get; init; }

    /// <summary>Statuses upon which it asks the same again.</summary>
    public IReadOnlyList<int> Retries { get; init; } = [];

    /// <summary>What it asks again and again beside its duties, and which answer it takes for well; null: nothing.</summary>
    public (string Path, Func<ApiAnswer?, bool> IsWell)? Health { get; init; }

    public override string ToString() => Name;

    public static IReadOnlyList<ClientFixture> All { get; } =
    [
        // Asks once; whatever is not 200 is an invalid configuration, and it ends.
        new(
            "Teku",
            "90ed09bbc6",
            "validator/client/loader/PublicKeyLoader.java, HttpClientExternalSignerFactory.java, signer/ExternalSigner.java"
        )
        {
            AtStart = answer => answer is { Status: (HttpStatusCode)200 } ? Attends(answer) ?? _ends : _ends,
            Signature = answer =>
                answer is { Status: (HttpStatusCode)200 }
                    ? HasType(answer, "application/json")
                        ? Json(answer)
                        : Hex(answer.Text)
                    : null,
            Aggregate = ("AGGREGATE_AND_PROOF", false),
            Health = ("/upcheck", answer => answer is { Status: (HttpStatusCode)200 }),
        },
        // Its keys are in validator_definitions.yml. Any error status loses the duty.
        new("Lighthouse", "036473f863", "validator_client/signing_method/src/lib.rs, initialized_validators/src/lib.rs")
        {
            ListPath = null,
            AtStart = _ => _keeps,
            SignAccept = "application/json",
            Signature = answer => IsSuccess(answer) ? Json(answer!) : null,
            Aggregate = ("AGGREGATE_AND_PROOF", false),
            RootName = "signing_root",
        },
        // Polls, after an error again in five seconds; a 200 replaces everything.
        new(
            "Nimbus",
            "05c5eb42b7",
            "beacon_chain/validators/keystore_management.nim, "
                + "validator_client/duties_service.nim, spec/eth2_apis/rest_remote_signer_calls.nim"
        )
        {
            ListAccept = "application/json",
            AtStart = answer => answer is { Status: (HttpStatusCode)200 } ? Attends(answer) ?? _waits : _waits,
            Later = answer => answer is { Status: (HttpStatusCode)200 } ? Attends(answer) ?? _keeps : _keeps,
            SignAccept = "application/json",
            Signature = answer =>
                answer is { Status: (HttpStatusCode)200, ContentType: not null }
                    ? HasType(answer, "text/plain")
                        ? Hex(answer.Text)
                        : Json(answer)
                    : null,
            Retries = [404, 412, 500],
        },
        // 400 and 500 are errors, every other answer is read as a list; at the start an error ends it, later the keys stay, also where the
        // list is empty.
        new(
            "Prysm",
            "c40b59a475; poller 5cf01e7760",
            "validator/keymanager/remote-web3signer/keymanager.go, key_source_url.go, internal/client.go"
        )
        {
            AtStart = answer => answer is null or { Status: (HttpStatusCode)400 or (HttpStatusCode)500 } ? _ends : Attends(answer) ?? _ends,
            Later = answer =>
                answer is null or { Status: (HttpStatusCode)400 or (HttpStatusCode)500 } ? _keeps
                : Attends(answer) is { Keys.Count: > 0 } some ? some
                : _keeps,
            Signature = answer =>
                answer is null or { Status: (HttpStatusCode)400 or (HttpStatusCode)404 or (HttpStatusCode)412 or (HttpStatusCode)500 }
                    ? null
                : HasType(answer, "application/json") ? Json(answer)
                : Hex(answer.Text),
        },
        // Every epoch: what a good list does not have is removed. The media type must be JSON to the letter.
        new("Lodestar", "0054395cc6", "packages/validator/src/services/externalSignerSync.ts, util/externalSignerClient.ts")
        {
            ListAccept = "application/json",
            AtStart = answer => IsSuccess(answer) && IsExactly(answer!, "application/json") ? Attends(answer!) ?? _ends : _ends,
            Later = answer => IsSuccess(answer) && IsExactly(answer!, "application/json") ? Attends(answer!) ?? _keeps : _keeps,
            SignAccept = "application/json",
            Signature = answer => IsSuccess(answer) && IsExactly(answer!, "application/json") ? Json(answer!) : null,
        },
        // Ends where the first list fails, keeps its keys where a later one does. Takes the body of any success as the signature.
        new("Vero", "0101850e69", "src/providers/remote_signer.py, signature_provider.py")
        {
            ListAccept = "application/json",
            AtStart = answer => IsSuccess(answer) ? Attends(answer!) ?? _ends : _ends,
            Later = answer => IsSuccess(answer) ? Attends(answer!) ?? _keeps : _keeps,
            SignAccept = "text/plain",
            Signature = answer => IsSuccess(answer) ? Hex(answer!.Text) : null,
            Health = ("/healthcheck", answer =>
                IsSuccess(answer)
                && answer!.Json is var report
                && report.GetProperty("status").GetString() == "UP"
                && report.GetProperty("outcome").GetString() == "UP"
            ),
        },
        // Reads JSON whatever the status; what is no list, or an empty one, is asked for again. Once it has keys it asks no more.
        new("Grandine", "0672962e1c", "signer/src/web3signer/api.rs")
        {
            ListAccept = "*/*",
            AtStart = answer => answer is not null && Attends(answer) is { Keys.Count: > 0 } some ? some : _waits,
            SignAccept = "*/*",
            Signature = answer => answer is null ? null : Json(answer),
        },
        // A key that is missing ends the node, and so does a list that it does not get.
        new("SSV node", "cf91b52867", "ssvsigner/client.go, ssvsigner/ekm/remote_key_manager.go, cli/operator/node.go")
        {
            ListPath = "/v1/validators",
            SignPath = "/v1/validators/sign/",
            AtStart = answer =>
                answer is { Status: (HttpStatusCode)200 } && Attends(answer) is { } list && list.Keys.Contains(SsvScene.ShareKey.ToString())
                    ? new ListEffect.Attends(new HashSet<string> { SsvScene.ShareKey.ToString() })
                    : _ends,
            Signature = answer => answer is { Status: (HttpStatusCode)200 } ? Json(answer) : null,
            Aggregate = ("AGGREGATE_AND_PROOF", false),
        },
        // What is left of tools that were written for Web3Signer: curl, and the statuses of its API.
        new("curl", "of this machine", "Web3Signer's OpenAPI, 25.x")
        {
            AtStart = answer => answer is { Status: (HttpStatusCode)200 } ? Attends(answer) ?? _waits : _waits,
            Later = answer => answer is { Status: (HttpStatusCode)200 } ? Attends(answer) ?? _keeps : _keeps,
            SignAccept = "application/json",
            Signature = answer => answer is { Status: (HttpStatusCode)200 } ? Json(answer) : null,
            Health = ("/healthcheck", answer => answer is { Status: (HttpStatusCode)200 }),
        },
    ];

    private static bool IsSuccess(ApiAnswer? answer) => answer is not null && (int)answer.Status / 100 == 2;

    private static bool HasType(ApiAnswer answer, string type) => answer.ContentType?.StartsWith(type, StringComparison.Ordinal) == true;

    private static bool IsExactly(ApiAnswer answer, string type) =>
        answer.ContentType?.Split(';', 2)[0].Trim().Equals(type, StringComparison.OrdinalIgnoreCase) == true;

    // Null where it is no array of strings.
    private static ListEffect.Attends? Attends(ApiAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Text);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? new ListEffect.Attends(document.RootElement.EnumerateArray().Select(key => key.GetString()!).ToHashSet())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Json(ApiAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Text);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("signature", out var signature)
                ? Hex(signature.GetString()!)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Hex(string text) => text.Length == 194 && text.StartsWith("0x", StringComparison.Ordinal) ? text : null;
}
