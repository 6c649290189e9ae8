using Prometheus;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Http.Distributed;
using RemoteSigner.Host.Http.Dv;
using RemoteSigner.Host.Running;
using RemoteSigner.Host.Tls;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Host.Http;

/// <summary>Puts the rooms together.</summary>
internal static class SignerServices
{
    public static async Task AddAsync(
        IServiceCollection services,
        DataDirectory data,
        SignerOptions options,
        Ledger ledger,
        SecretArena arena
    )
    {
        var time = TimeProvider.System;
        var registry = Metrics.NewCustomRegistry();
        DotNetStats.Register(registry);
        services.AddSingleton(time);
        services.AddSingleton(data);
        services.AddSingleton(options);
        services.AddSingleton(ledger);
        var slashing = await SlashingProtection.OpenAsync(ledger, options.Network.Load(data.Path));
        var network = slashing.Network;
        services.AddSingleton(network);
        var clock = new SlotClock(network, options.Network.SlotWindow.ToWindow(), time);
        services.AddSingleton(slashing);
        services.AddSingleton(await AuditLog.OpenAsync(ledger, time));
        var found = await LedgerSnapshot.ReadAsync(ledger, slashing);
        services.AddSingleton(found);
        services.AddSingleton(new SignerMetrics(registry));
        services.AddSingleton(clock);
        services.AddSingleton(new Fence(network, clock, time));
        services.AddSingleton<FirstOpening>();
        services.AddSingleton<RollbackProtectionRun>();
        services.AddSingleton<FenceHealth>();
        services.AddSingleton<DiskHealth>();
        var clusters = new ClusterLibrary(new ClusterArchive(data.ClustersFolder));
        services.AddSingleton(clusters);
        services.AddSingleton(provider => CreatePayloadVotes(options, provider));
        services.AddSingleton(provider => new ClusterRules(
            network,
            options.Registrations.ToPolicy(),
            options.Builder.ToPolicy(),
            provider.GetRequiredService<PayloadVotes>(),
            clusters,
            options.Deposits.MaxTopUpGwei
        ));
        services.AddSingleton<LargeEnvelopes>();
        services.AddSingleton(provider => new AccessPolicy(Permissions(options)) { Describe = key => Describe(key, provider, clusters) });
        services.AddSingleton(new HostAllowlists(options.Api, options.Operations));
        var sealedKeys = SealedKeys.Open(data, options, arena, time, found.Vault);
        services.AddSingleton(sealedKeys);
        services.AddSingleton(sealedKeys.Hardware);
        services.AddSingleton<RollbackAnchors>();
        if (options.SealsWithTpm || options.Anchor == RollbackProtectionOptions.Tpm)
        {
            services.AddSingleton<IHardwareClock>(new TpmHardwareClock(sealedKeys.Hardware.Tpm));
        }

        services.AddSingleton(new TlsStore(data, options.Tls));
        services.AddSingleton<KeyRing>();
        services.AddSingleton<MutualTls>();
        services.AddSingleton<RefusedClients>();
        services.AddSingleton<OpenedKeys>();
        services.AddSingleton<RunningSite>();
        services.AddSingleton<ISite>(provider => provider.GetRequiredService<RunningSite>());
        services.AddSingleton(await PendingActs.OpenAsync(ledger));
        services.AddSingleton<Administrator>();
        services.AddSingleton<KeyLoading>();
        services.AddSingleton<ClientNaming>();
        services.AddSingleton<DutyTally>();
        services.AddSingleton<UnreadableHeads>();
        services.AddSingleton(new SigningPlaces());
        services.AddSingleton<SigningWait>();
        services.AddSingleton<SignRecorder>();
        services.AddSingleton<SigningApi>();
        services.AddSingleton<BatchSigning>();
        services.AddSingleton<BatchApi>();
        services.AddSingleton(provider => new ThresholdAccounts(
            provider.GetRequiredService<KeyRing>(),
            clusters,
            options.Distributed.ToDirectory()
        ));
        services.AddSingleton<DistributedApi>();
        services.AddSingleton<DvEvaluationApi>();
        services.AddSingleton<DvClusterApi>();
        services.AddSingleton<DvLockApi>();
        services.AddSingleton<ManagementApi>();
        services.AddSingleton<ConsoleVerbs>();
        services.AddSingleton<RunningRollbackProtection>();
        services.AddSingleton<ControlApi>();
        services.AddSingleton(arena);
        services.AddSingleton(provider => new BurstSigner(provider.GetRequiredService<SecretArena>(), options.Bursts));
        services.AddSingleton(CreateShareSigner);
        services.AddSingleton<ArchiveWatch>();
        services.AddSingleton<KeyListing>();
        services.AddSingleton<KeyChangeGate>();
        services.AddSingleton<KeymanagerGate>();
        services.AddSingleton<KeymanagerChanges>();
        services.AddSingleton<KeymanagerApi>();
        services.AddSingleton(provider => new OperatorSigner(
            options.Ssv.ToOperatorMessage(network.Name),
            provider.GetRequiredService<KeyRing>(),
            clusters,
            provider.GetRequiredService<AuditLog>()
        ));
        services.AddSingleton<SsvGate>();
        services.AddSingleton<SsvChanges>();
        services.AddSingleton<SsvApi>();
        services.AddSingleton<SsvOperatorApi>();
        services.AddSingleton<RemoteAttestationPace>();
        services.AddSingleton<RemoteAttestationClaims>();
        services.AddSingleton(CreateAttestingTpm);
        services.AddSingleton<RemoteAttestationApi>();
        services.AddSingleton<LedgerProbe>();
        services.AddSingleton<CertificateHealth>();
        services.AddSingleton<KeysHealth>();
        services.AddSingleton<HealthApi>();
        services.AddSingleton<MetricsApi>();
        services.AddSingleton<OrderJudge>();
        services.AddSingleton(CreateSigner);
        services.AddSingleton(CreateReloading);

        // What runs beside the signing logs its failure and ends alone: duties matter more.
        services.Configure<HostOptions>(host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        services.AddHostedService(provider => provider.GetRequiredService<RefusedClients>());
        services.AddHostedService(provider => provider.GetRequiredService<KeyLoading>());
        services.AddHostedService<FenceClock>();
        services.AddHostedService<ClockReferences>();
        services.AddHostedService<SystemdWatch>();
        services.AddHostedService<EpochSummary>();
        services.AddHostedService<Pruning>();
        services.AddHostedService<ParkedWatch>();
        services.AddHostedService<CertificateWatch>();
    }

    private static KeyTraits? Describe(BlsPublicKey key, IServiceProvider services, ClusterLibrary clusters) =>
        services.GetRequiredService<KeyRing>().Find(key) is { } share
            ? KeyDescription.Of(
                share.PublicKey,
                share.GroupKey,
                share.Label,
                share.Membership,
                clusters,
                services.GetRequiredService<ThresholdAccounts>().Directory
            )
            : null;

    private static PayloadVotes CreatePayloadVotes(SignerOptions options, IServiceProvider services)
    {
        var (metrics, log) = (services.GetRequiredService<SignerMetrics>(), services.GetRequiredService<ILogger<PayloadVotes>>());
        return new PayloadVotes(options.PayloadVotes == "refuse")
        {
            Differs = (key, slot) =>
            {
                metrics.PayloadVoteDiffered();
                log.LogWarning(
                    "{Key} was asked for a second vote about the payload of slot {Slot}, and it differs from the first",
                    key,
                    slot
                );
            },
        };
    }

    private static ShareSigner CreateShareSigner(IServiceProvider services)
    {
        var (metrics, log) = (services.GetRequiredService<SignerMetrics>(), services.GetRequiredService<ILogger<ShareSigner>>());
        return new ShareSigner(services.GetRequiredService<BurstSigner>())
        {
            Faulty = count =>
            {
                metrics.BurstWasFaulty();
                log.LogCritical(
                    "{Count} signatures that were computed together were not those of their keys; none of them was given "
                        + "out, and they were made anew one by one. The memory or the processor is at fault: replace the machine",
                    count
                );
            },
        };
    }

    private static AttestingTpm CreateAttestingTpm(IServiceProvider services)
    {
        var (options, data) = (services.GetRequiredService<SignerOptions>().Attestation, services.GetRequiredService<DataDirectory>());
        var log = new EventLogFile(
            options.EventLog is { } path ? data.Resolve(path) : null,
            services.GetRequiredService<ILogger<EventLogFile>>()
        );
        return new AttestingTpm(
            services.GetRequiredService<SealedKeys>().Hardware.Tpm,
            new Attestor(TpmlPcrSelection.Sha256([.. options.Pcrs]), log.Read)
        );
    }

    private static Signer CreateSigner(IServiceProvider services) =>
        new(
            services.GetRequiredService<OrderJudge>(),
            services.GetRequiredService<SlotClock>(),
            services.GetRequiredService<Fence>(),
            services.GetRequiredService<SlashingProtection>(),
            services.GetRequiredService<AuditLog>(),
            services.GetRequiredService<ShareSigner>(),
            services.GetRequiredService<TimeProvider>()
        )
        {
            Recorded = services.GetRequiredService<SignerMetrics>().Recorded,
            Verification = services.GetRequiredService<SignerOptions>().Verification,
        };

    // Before the keys: a client that was taken out of the file must lose its leave even when the token is away.
    private static Reloading CreateReloading(IServiceProvider services)
    {
        var (data, policy, tls, certificates, hosts, accounts, loading) = (
            services.GetRequiredService<DataDirectory>(),
            services.GetRequiredService<AccessPolicy>(),
            services.GetRequiredService<TlsStore>(),
            services.GetRequiredService<CertificateHealth>(),
            services.GetRequiredService<HostAllowlists>(),
            services.GetRequiredService<ThresholdAccounts>(),
            services.GetRequiredService<KeyLoading>()
        );
        var atStart = services.GetRequiredService<OptionsSnapshot>();
        var configuration = new Reloading.Part("configuration", () =>
        {
            // All of one reading, or nothing of it but what it takes away: whoever was taken out loses his leave whatever the
            // certificates are like.
            var read = data.ReadOptions();
            var permissions = Permissions(read);
            policy.Narrow(permissions);
            read.Distributed.RequireProof();
            var (material, directory) = (tls.Read(read.Tls), read.Distributed.ToDirectory());

            // Nothing below can fail.
            policy.Replace(permissions);
            hosts.Replace(read.Api, read.Operations);
            accounts.Replace(directory);
            tls.Put(material);
            string[] notes = [.. new[] { atStart.TellOf(read), certificates.Tell() }.OfType<string>()];
            return Task.FromResult(notes.Length > 0 ? string.Join("; ", notes) : null);
        });
        var shares = new Reloading.Part("keys", async () =>
        {
            await loading.ReloadAsync();
            return null;
        });
        return new Reloading(
            [configuration, shares],
            services.GetRequiredService<Administrator>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<Reloading>>()
        );
    }

    private static Dictionary<string, ClientPermissions> Permissions(SignerOptions options) =>
        options.Clients.ToDictionary(client => client.Key, client => DutyNames.ToPermissions(client.Value));
}
