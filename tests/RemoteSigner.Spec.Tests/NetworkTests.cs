using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Spec;

public sealed class NetworkTests : IDisposable
{
    private const string Configuration = """
        PRESET_BASE: 'gnosis'
        CONFIG_NAME: 'own'
        GENESIS_FORK_VERSION: 0x00000064
        ALTAIR_FORK_VERSION: 0x01000064
        ALTAIR_FORK_EPOCH: 1
        BELLATRIX_FORK_VERSION: 0x02000064
        BELLATRIX_FORK_EPOCH: 2  # after altair
        CAPELLA_FORK_VERSION: 0x03000064
        CAPELLA_FORK_EPOCH: 2
        DENEB_FORK_VERSION: 0x04000064
        DENEB_FORK_EPOCH: 4
        ELECTRA_FORK_VERSION: 0x05000064
        ELECTRA_FORK_EPOCH: 5
        SECONDS_PER_SLOT: 5
        SHARD_COMMITTEE_PERIOD: 256
        BLOB_SCHEDULE:
          - EPOCH: 269568
            MAX_BLOBS_PER_BLOCK: 6
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("mainnet", 32, 12, 1606824023, 364032, 411392)]
    [InlineData("hoodi", 32, 12, 1742213400, 2048, 50688)]
    [InlineData("sepolia", 32, 12, 1655733600, 222464, 272640)]
    [InlineData("gnosis", 16, 5, 1638993340, 1337856, 1714688)]
    [InlineData("chiado", 16, 5, 1665396300, 948224, 1353216)]
    public void Knows_the_public_networks(
        string name,
        ulong slotsPerEpoch,
        ulong secondsPerSlot,
        ulong genesisTime,
        ulong electra,
        ulong fulu
    )
    {
        var network = Network.Find(name);

        Assert.NotNull(network);
        Assert.Equal((slotsPerEpoch, secondsPerSlot), (network.SlotsPerEpoch, network.SecondsPerSlot));
        Assert.Equal(genesisTime, network.GenesisTime);
        Assert.NotNull(network.GenesisValidatorsRoot);
        Assert.Equal((Fork.Deneb, Fork.Electra), (network.Forks.At(new Epoch(electra - 1)), network.Forks.At(new Epoch(electra))));
        Assert.Equal((Fork.Electra, Fork.Fulu), (network.Forks.At(new Epoch(fulu - 1)), network.Forks.At(new Epoch(fulu))));
    }

    [Theory]
    [InlineData("mainnet", "0x00000000", "0x03000000")]
    [InlineData("hoodi", "0x10000910", "0x40000910")]
    [InlineData("sepolia", "0x90000069", "0x90000072")]
    [InlineData("gnosis", "0x00000064", "0x03000064")]
    [InlineData("chiado", "0x0000006f", "0x0300006f")]
    [InlineData("minimal", "0x00000001", "0x03000001")]
    public void Knows_the_versions_that_exits_and_registrations_are_signed_with(string name, string genesis, string capella)
    {
        var network = Network.Find(name)!;

        Assert.Equal(ForkVersion.Parse(genesis), network.Forks.GenesisVersion);
        Assert.Equal(ForkVersion.Parse(capella), network.Forks.VersionOf(Fork.Capella));
    }

    [Fact]
    public void Only_Sepolia_has_a_date_for_Gloas()
    {
        var dated = KnownNetworks.All.Where(network => network.Forks.At(new Epoch(Epoch.FarFuture.Value - 1)) >= Fork.Gloas);

        Assert.Equal(["sepolia"], dated.Select(network => network.Name));
        Assert.Equal(new Epoch(353024), Network.Find("sepolia")!.Forks.EpochOf(Fork.Gloas));
    }

    [Fact]
    public void The_minimal_configuration_has_no_fork_planned_and_no_genesis()
    {
        var network = Network.Find("minimal")!;

        Assert.Equal((8UL, 6UL), (network.SlotsPerEpoch, network.SecondsPerSlot));
        Assert.Null(network.GenesisTime);
        Assert.Null(network.GenesisValidatorsRoot);
        Assert.Equal(Fork.Phase0, network.Forks.At(Epoch.FarFuture));
    }

    [Theory]
    [InlineData("Mainnet")]
    [InlineData("holesky")]
    [InlineData("")]
    public void Finds_no_network_of_another_name(string name) => Assert.Null(Network.Find(name));

    [Fact]
    public void The_built_in_mainnet_agrees_with_the_vectors_configuration()
    {
        var mainnet = Network.Find("mainnet")!;
        var loaded = Network.Load(Vectors.Path("sign-requests/mainnet/config.yaml"));

        Assert.Equal((mainnet.Name, mainnet.Preset, mainnet.SecondsPerSlot), (loaded.Name, loaded.Preset, loaded.SecondsPerSlot));
        Assert.All(Enum.GetValues<Fork>().Where(fork => fork <= Fork.Fulu), fork =>
        {
            Assert.Equal(mainnet.Forks.EpochOf(fork), loaded.Forks.EpochOf(fork));
            Assert.Equal(mainnet.Forks.VersionOf(fork), loaded.Forks.VersionOf(fork));
        });
    }

    [Fact]
    public void Reads_a_configuration_and_ignores_what_it_does_not_need()
    {
        var network = Load(Configuration);

        Assert.Equal(("own", Preset.Gnosis, 5UL), (network.Name, network.Preset, network.SecondsPerSlot));
        Assert.Equal(Fork.Capella, network.Forks.At(new Epoch(3)));
        Assert.Equal(Fork.Electra, network.Forks.At(Epoch.FarFuture));
        Assert.Equal(Fork.Altair, network.ForkAt(new Slot(31)));
        Assert.Equal(ForkVersion.Parse("0x04000064"), network.Forks.VersionOf(Fork.Deneb));
        Assert.Null(network.GenesisTime);
    }

    [Fact]
    public void Takes_the_newer_slot_duration() =>
        Assert.Equal(6UL, Load(Configuration.Replace("SECONDS_PER_SLOT: 5", "SLOT_DURATION_MS: 6000")).SecondsPerSlot);

    [Fact]
    public void A_file_that_is_older_than_a_fork_does_not_schedule_it()
    {
        var network = Load(Configuration.Replace("ELECTRA_FORK", "OTHER"));

        Assert.Equal(Fork.Deneb, network.Forks.All[^1].Fork);
        Assert.Equal(Fork.Deneb, network.Forks.At(new Epoch(1_000_000)));
        Assert.Equal(
            Fork.Phase0,
            Load("PRESET_BASE: minimal\nGENESIS_FORK_VERSION: 0x00000001\nSECONDS_PER_SLOT: 6\n").Forks.At(new Epoch(1_000_000))
        );
        Assert.Contains(
            "DENEB_FORK_VERSION is missing",
            Assert.Throws<SpecException>(() => Load(Configuration.Replace("DENEB_FORK", "OTHER"))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("PRESET_BASE")]
    [InlineData("GENESIS_FORK_VERSION")]
    [InlineData("ALTAIR_FORK_EPOCH")]
    [InlineData("CAPELLA_FORK_VERSION")]
    [InlineData("ELECTRA_FORK_EPOCH")]
    [InlineData("SECONDS_PER_SLOT")]
    public void Names_the_member_that_is_missing(string name)
    {
        var fault = Assert.Throws<SpecException>(() => Load(Configuration.Replace(name, "OTHER")));

        Assert.Contains($"{name} is missing", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRESET_BASE: 'gnosis'", "PRESET_BASE: 'gnosys'", "PRESET_BASE")]
    [InlineData("ALTAIR_FORK_VERSION: 0x01000064", "ALTAIR_FORK_VERSION: 0x010064", "ALTAIR_FORK_VERSION")]
    [InlineData("DENEB_FORK_EPOCH: 4", "DENEB_FORK_EPOCH: 18446744073709551616", "DENEB_FORK_EPOCH")]
    [InlineData("DENEB_FORK_EPOCH: 4", "DENEB_FORK_EPOCH: -4", "DENEB_FORK_EPOCH")]
    [InlineData("DENEB_FORK_EPOCH: 4", "DENEB_FORK_EPOCH: [4]", "DENEB_FORK_EPOCH")]
    [InlineData("DENEB_FORK_EPOCH: 4", "DENEB_FORK_EPOCH: 1", "Deneb before Capella")]
    [InlineData("SECONDS_PER_SLOT: 5", "SECONDS_PER_SLOT: 0", "SECONDS_PER_SLOT")]
    [InlineData("SECONDS_PER_SLOT: 5", "SECONDS_PER_SLOT: 5\nSLOT_DURATION_MS: 6000", "SLOT_DURATION_MS")]
    [InlineData("SECONDS_PER_SLOT: 5", "SLOT_DURATION_MS: 1500", "SLOT_DURATION_MS")]
    [InlineData("SECONDS_PER_SLOT: 5", "SECONDS_PER_SLOT: 18446744073709551615", "SECONDS_PER_SLOT")]
    [InlineData("SECONDS_PER_SLOT: 5", "SECONDS_PER_SLOT: 5\nFULU_FORK_EPOCH: 9", "FULU_FORK_VERSION is missing")]
    [InlineData("SECONDS_PER_SLOT: 5", "SECONDS_PER_SLOT: 5\nSECONDS_PER_SLOT: 6", "stands there twice")]
    [InlineData("SECONDS_PER_SLOT: 5", "SECONDS_PER_SLOT: [5", "no YAML that can be read")]
    public void Says_what_is_wrong_with_a_configuration(string right, string wrong, string complaint)
    {
        var fault = Assert.Throws<SpecException>(() => Load(Configuration.Replace(right, wrong)));

        Assert.Contains(complaint, fault.Message, StringComparison.Ordinal);
        Assert.Contains("config.yaml", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text")]
    [InlineData("- a\n- b")]
    public void Refuses_what_is_no_configuration(string text) => Assert.Throws<SpecException>(() => Load(text));

    [Fact]
    public void Refuses_a_file_that_is_not_there() =>
        Assert.Throws<SpecException>(() => Network.Load(Path.Combine(_folder.FullName, "none.yaml")));

    [Fact]
    public void A_file_adds_a_fork_whose_date_became_known_and_changes_none_that_is_certain()
    {
        var hoodi = Network.Find("hoodi")!;
        var added = LoadForks("GLOAS_FORK_VERSION: 0x80000910\nGLOAS_FORK_EPOCH: 200000\n", hoodi);

        Assert.Equal((Fork.Fulu, Fork.Gloas), (added.At(new Epoch(199_999)), added.At(new Epoch(200_000))));
        Assert.Equal(ForkVersion.Parse("0x80000910"), added.VersionOf(Fork.Gloas));
        Assert.Equal(hoodi.Forks.All, added.All[..^1]);
        Assert.Equal(
            Network.Find("sepolia")!.Forks.All,
            LoadForks("GLOAS_FORK_VERSION: 0x90000076\nGLOAS_FORK_EPOCH: 353024\n", Network.Find("sepolia")!).All
        );
    }

    [Theory]
    [InlineData("GLOAS_FORK_VERSION: 0x90000076\nGLOAS_FORK_EPOCH: 353025\n", "a file cannot change that")]
    [InlineData("GLOAS_FORK_VERSION: 0x90000077\nGLOAS_FORK_EPOCH: 353024\n", "a file cannot change that")]
    [InlineData("HEZE_FORK_EPOCH: 400000\n", "HEZE_FORK_VERSION is missing")]
    [InlineData("HEZE_FORK_VERSION: 0x90000077\nHEZE_FORK_EPOCH: 5\n", "before")]
    [InlineData("nothing", "not one YAML document")]
    public void Says_what_is_wrong_with_a_file_of_forks(string text, string complaint) =>
        Assert.Contains(
            complaint,
            Assert.Throws<SpecException>(() => LoadForks(text, Network.Find("sepolia")!)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_slot_and_an_epoch_have_their_times()
    {
        var sepolia = Network.Find("sepolia")!;

        Assert.Equal(1_791_294_816UL, sepolia.StartOf(new Epoch(353_024)));
        Assert.Equal(new Slot(11_296_768), sepolia.SlotAt(1_791_294_816));
        Assert.Equal(new Slot(11_296_767), sepolia.SlotAt(1_791_294_815));
        Assert.Equal(default(Slot), sepolia.SlotAt(5));
        Assert.Null((sepolia with { GenesisTime = null }).SlotAt(5));
        Assert.Null(sepolia.StartOf(Epoch.FarFuture));
    }

    private ForkSchedule LoadForks(string text, Network network)
    {
        var path = Path.Combine(_folder.FullName, "forks.yaml");
        File.WriteAllText(path, text);
        return Network.LoadForks(path, network);
    }

    private Network Load(string text)
    {
        var path = Path.Combine(_folder.FullName, "config.yaml");
        File.WriteAllText(path, text);
        return Network.Load(path);
    }
}
