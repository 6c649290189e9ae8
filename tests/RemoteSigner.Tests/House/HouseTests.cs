using System.Reflection;
using System.Text.RegularExpressions;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host.Http;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Tests.House;

/// <summary>The walls of the house (src/README.md): what the compiler does not prove is looked at here.</summary>
public sealed partial class HouseTests
{
    private static readonly Assembly _spec = typeof(SignableMessage).Assembly;
    private static readonly Assembly _ledger = typeof(Ledger).Assembly;
    private static readonly Assembly _slashing = typeof(SigningPermit).Assembly;
    private static readonly Assembly _native = typeof(Bls).Assembly;
    private static readonly Assembly _signer = typeof(KeyShare).Assembly;
    private static readonly Assembly _tpm2 = typeof(Tpm).Assembly;
    private static readonly Assembly _host = typeof(WireFormat).Assembly;
    private static readonly Assembly[] _shipped = [_spec, _ledger, _slashing, _native, _signer, _tpm2, _host];

    internal static IReadOnlyList<Assembly> Shipped => _shipped;

    private const BindingFlags Inside = BindingFlags.NonPublic | BindingFlags.Instance;

    [Fact]
    public void Ledger_native_and_the_TPM_know_nobody_spec_knows_a_hash_and_slashing_protection_the_ledger_and_spec()
    {
        Assert.DoesNotContain(References(_tpm2), name => !name.StartsWith("System.", StringComparison.Ordinal));
        Assert.All((Assembly[])[_ledger, _native], assembly => Assert.Empty(OwnReferences(assembly)));
        Assert.Equal(["RemoteSigner.Ledger", "RemoteSigner.Spec"], OwnReferences(_slashing).Order());
        Assert.Equal(["RemoteSigner.Native"], OwnReferences(_spec));
        Assert.Equal(
            [$"{nameof(Sha256)}.{nameof(Sha256.Hash)}"],
            CompiledCode
                .Uses(_spec)
                .Where(use => use.Named.Module.Assembly == _native)
                .Select(use => $"{use.Named.DeclaringType!.Name}.{use.Named.Name}")
                .Distinct()
        );
    }

    [Fact]
    public void The_signer_knows_no_HTTP() =>
        Assert.DoesNotContain(References(_signer), name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    [Fact]
    public void Only_native_may_be_unsafe() =>
        Assert.Equal(
            ["RemoteSigner.Native.csproj"],
            Sources("src", "*.csproj")
                .Where(path => File.ReadAllText(path).Contains("AllowUnsafeBlocks", StringComparison.Ordinal))
                .Select(Path.GetFileName)
        );

    /// <summary>Length and content of a file are whoever's that wrote it.</summary>
    [Fact]
    public void A_file_is_read_whole_within_a_bound_alone() =>
        Assert.Empty(
            _shipped
                .SelectMany(CompiledCode.Uses)
                .Where(use => use.Named.DeclaringType == typeof(File) && use.Named.Name.StartsWith("ReadAll", StringComparison.Ordinal))
                .Select(use => $"{use.Caller.DeclaringType}: File.{use.Named.Name}")
        );

    /// <summary>Invariant 1: no permit, no signature.</summary>
    [Fact]
    public void Nobody_outside_slashing_protection_can_make_a_permit_and_a_share_signs_nothing_else()
    {
        Assert.Empty(typeof(SigningPermit).GetConstructors());
        var secret = Assert.Single(typeof(KeyShare).GetMethods(Inside | BindingFlags.Public | BindingFlags.Static), method =>
            method.ReturnType == typeof(BlsSecretKey)
        );
        Assert.Equal([typeof(SigningPermit)], secret.GetParameters().Select(parameter => parameter.ParameterType));
        Assert.Equal([typeof(ShareSigner).FullName!], CallersOf(secret));
        Assert.Equal([typeof(SlashingProtection).FullName!], CallersOf(Constructor(typeof(SigningPermit))));
    }

    /// <summary>Invariant 1: of the secrets that Host holds while keys come in, none can sign.</summary>
    [Fact]
    public void Raw_signing_is_called_by_the_share_and_the_self_test_alone()
    {
        Assert.Equal([typeof(Bls).FullName!, typeof(BurstSigner).FullName!], CallersOf(Method(typeof(BlsSecretKey), "Sign")));
        Assert.Equal([typeof(ShareSigner).FullName!, typeof(BurstSigner).FullName!], CallersOf(Method(typeof(BurstSigner), "Sign")));
        Assert.Equal(
            [typeof(BlsSecretKey).FullName!, typeof(BurstSigner).FullName!],
            CallersOf(Method(_native.GetType("RemoteSigner.Native.BlstLibrary")!, "blst_sign_pk_in_g1"))
        );
    }

    [Fact]
    public void Raw_signing_is_all_that_anybody_outside_native_uses_of_its_inside() =>
        Assert.Equal(
            ["RemoteSigner.Keys.ShareSigner: BurstSigner.Sign"],
            _shipped
                .Except([_native])
                .SelectMany(CompiledCode.Uses)
                .Where(use =>
                    use.Named.Module.Assembly == _native
                    && !((use.Named.IsPublic || use.Named.IsFamily) && use.Named.DeclaringType!.IsVisible)
                )
                .Select(use => $"{use.Caller.DeclaringType}: {use.Named.DeclaringType!.Name}.{use.Named.Name}")
                .Distinct()
        );

    [Fact]
    public void The_operators_key_signs_for_the_operators_voice_alone()
    {
        Assert.Equal([typeof(OperatorSigner).FullName!], CallersOf(Method(typeof(OperatorKey), "Sign")));
        Assert.Equal([typeof(OperatorKey).FullName!, typeof(RsaPrivateKey).FullName!], CallersOf(Method(typeof(RsaPrivateKey), "Sign")));
    }

    /// <summary>Invariant 2: the root is computed, never received, and what computes it is written in one assembly.</summary>
    [Fact]
    public void Nobody_outside_can_add_a_message_or_pair_one_with_a_root()
    {
        Assert.Empty(typeof(RootedMessage).GetConstructors());
        Assert.Equal([typeof(SignableMessage).FullName!], CallersOf(Constructor(typeof(RootedMessage))));

        // A copy constructor is protected whatever is done. What closes the choice is an abstract member that nobody outside can give a
        // body.
        Assert.Contains(typeof(SignableMessage).GetMethods(Inside), method =>
            method is { IsAbstract: true, IsAssembly: true } or { IsAbstract: true, IsFamilyAndAssembly: true }
        );
        var messages = _shipped
            .Append(GetType().Assembly)
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(SignableMessage)))
            .ToList();
        Assert.NotEmpty(messages);
        Assert.All(messages, type => Assert.True(type.IsSealed && type.Assembly == _spec, type.FullName));
    }

    /// <summary>Invariant 3: what the order of a request is, stands in one file.</summary>
    [Fact]
    public void Only_the_signer_asks_for_permits() =>
        Assert.Equal([typeof(Signer).FullName!], CallersOf(Method(typeof(SlashingProtection), "RequestAsync")));

    [Fact]
    public void No_door_signs_without_counting_and_logging_it() => Assert.All((string[])["SignAsync", "SignAllAsync"], name =>
        {
            Assert.Equal([typeof(SigningWait).FullName!], CallersOf(Method(typeof(Signer), name)));
            Assert.Equal([typeof(SignRecorder).FullName!], CallersOf(Method(typeof(SigningWait), name)));
        });

    /// <summary>Invariant 4: after the permit nothing can be cancelled.</summary>
    [Fact]
    public void Neither_a_permit_nor_a_signature_takes_a_cancellation_token()
    {
        var path = typeof(SlashingProtection).GetMethods().Concat(typeof(Signer).GetMethods()).Concat(typeof(KeyShare).GetMethods());
        Assert.DoesNotContain(path.SelectMany(method => method.GetParameters()), parameter =>
            parameter.ParameterType == typeof(CancellationToken)
        );
    }

    [Fact]
    public void No_file_has_two_subjects() =>
        Assert.DoesNotContain(Sources("src", "*.cs").Concat(Sources("tests", "*.cs")), path => File.ReadLines(path).Count() > 500);

    [Fact]
    public void No_warning_is_switched_off_in_a_file() =>
        Assert.DoesNotContain(Sources("src", "*.cs"), path => Island().IsMatch(File.ReadAllText(path)));

    /// <summary>The two exceptions are the consensus specification's own words.</summary>
    [Fact]
    public void Names_say_what_a_thing_is() =>
        Assert.Equal(
            ["AttestationData", "ForkInfo"],
            _shipped
                .SelectMany(assembly => assembly.GetTypes())
                .Where(type => type.Namespace?.StartsWith("RemoteSigner", StringComparison.Ordinal) == true && Vague().IsMatch(type.Name))
                .Select(type => type.Name)
                .Order()
        );

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);

    private static IEnumerable<string> OwnReferences(Assembly assembly) =>
        References(assembly).Where(name => name.StartsWith("RemoteSigner", StringComparison.Ordinal) || name == "remote-signer");

    private static IEnumerable<string> CallersOf(MethodBase method) => CompiledCode.CallersOf(_shipped, method);

    private static ConstructorInfo Constructor(Type type) => Assert.Single(type.GetConstructors(Inside));

    private static MethodInfo Method(Type type, string name) =>
        Assert.Single(type.GetMethods(Inside | BindingFlags.Public | BindingFlags.Static), method => method.Name == name);

    internal static IEnumerable<string> Sources(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Root(), folder), pattern, SearchOption.AllDirectories)
            .Where(path =>
                !path.Contains("/obj/", StringComparison.Ordinal)
                && !path.Contains("/bin/", StringComparison.Ordinal)
                && !path.Contains("/node_modules/", StringComparison.Ordinal)
            );

    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RemoteSigner.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"#pragma|#region|SuppressMessage")]
    private static partial Regex Island();

    [GeneratedRegex(@"(Manager|Helper|Helpers|Util|Utils|Common|Base|Impl|Processor|Data|Info)(`\d)?$")]
    private static partial Regex Vague();
}
